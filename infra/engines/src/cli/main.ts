import { AlreadyRunningError } from '@cairn/embedded-postgres';
import { Command, Option } from 'commander';
import { EngineStartError, EngineStopError, MissingToolError } from '../errors.js';
import { enginesDir } from '../state/engines-state.js';
import { start } from './start.command.js';
import type { StartChoice } from './start.command.js';
import { stop } from './stop.command.js';

const program = new Command('engines')
  .description('Kafka, and with Docker EventStoreDB, for this machine. State and data: CAIRN_ENGINES_DIR, else .cairn/engines')
  .showHelpAfterError();

program
  .command('start')
  .description('start what does not run yet; print the variables that choose it')
  .addOption(new Option('--with <way>', 'how (default: Docker Compose where an engine runs, else Maven and Java)').choices(['compose', 'maven']))
  .action((options: { with?: StartChoice }) => start(enginesDir(), options.with));

program
  .command('stop')
  .description('stop what runs; its data stays')
  .action(() => stop(enginesDir()));

/** What is said in a sentence; anything else is a fault of this program and shows where it happened. */
const expected = [AlreadyRunningError, EngineStartError, EngineStopError, MissingToolError];

try {
  await program.parseAsync();
} catch (error) {
  console.error(expected.some((kind) => error instanceof kind) ? (error as Error).message : error);
  process.exitCode = 1;
}
