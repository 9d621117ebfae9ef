import { StoppedEarlyError } from '@cairn/service-kit';
import { Command, InvalidArgumentError, Option } from 'commander';

import { dropDeadLetter, listDeadLetters, replayDeadLetters } from './dead-letters.command.js';
import { importRoster } from './import.command.js';
import { move } from './move.command.js';
import { rebuild } from './rebuild.command.js';
import { replay } from './replay.command.js';
import { returnToPostgres } from './return.command.js';
import { start } from './start.command.js';
import { verify } from './verify.command.js';

const portOf = (text: string): number => {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a number from 0 (any free one) to 65535.');
};

const dayOf = (text: string): string => {
  const time = Date.parse(`${text}T00:00:00Z`);
  if (/^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)) return text;
  throw new InvalidArgumentError('Give a day as YYYY-MM-DD.');
};

const program = new Command('cairn')
  .description('Plan, run and follow the spread of an initiative across a school district.')
  .showHelpAfterError();

const inDataDir = (command: Command): Command =>
  command.option('--data <dir>', 'where the state is kept', process.env['CAIRN_DATA'] ?? '.cairn');

inDataDir(program.command('start'))
  .description('run the whole platform on this machine')
  .option('--port <port>', 'the port of the one address (default: 3000, or the next free)', portOf)
  .option('--empty', 'start without the Nashville sample', false)
  .option('--processes', 'run each service as a process of its own', false)
  .action(start);

inDataDir(program.command('import'))
  .description('import a roster of schools from a CSV file')
  .argument('<file>', 'the CSV file')
  .requiredOption('--district <id>', 'the district')
  .requiredOption('--effective <day>', 'the day from which the roster holds', dayOf)
  .option('--apply', 'apply it; without, the differences are only shown', false)
  .option('--confirm-closing <n>', 'close the schools that are not in the file; N is their exact number')
  .action(importRoster);

inDataDir(program.command('verify'))
  .description('walk the hash chains of every record; exit 1 when one is broken')
  .action(verify);

inDataDir(program.command('rebuild'))
  .description('derive a read model again from the record, beside the one that is read until then')
  .argument('<read-model>', 'its name; "all" for each of them')
  .action(rebuild);

const deadLetters = program
  .command('dead-letters')
  .description('messages that a service heard and could not apply: list them, replay them, drop them');

const urlOf = (text: string): string => {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError('Give the address of a platform, as in https://cairn.example.org.');
};

const onAnyPlatform = (command: Command): Command =>
  inDataDir(command)
    .addOption(new Option('--url <url>', 'the address of a platform elsewhere').env('CAIRN_URL').argParser(urlOf))
    .addOption(new Option('--token <token>', 'the bearer token of an operator of all districts, for --url').env('CAIRN_TOKEN'));

const onPlatform = (command: Command): Command =>
  onAnyPlatform(command)
    .option('--service <name>', 'those of one service alone')
    .option('--topic <topic>', 'those of one topic alone')
    .option('--key <key>', 'those of one key alone')
    .option('--json', 'answer in JSON, whole', false);

onPlatform(deadLetters.command('list'))
  .description('show what is parked, why, and what stands behind it')
  .action(listDeadLetters);

onPlatform(deadLetters.command('replay'))
  .description('apply what is parked after all, each key in its order; exit 1 when anything is left')
  .action(replayDeadLetters);

onPlatform(deadLetters.command('drop'))
  .description('give one message up; it is kept whole in the service, with who dropped it and why')
  .requiredOption('--id <id>', 'the message')
  .requiredOption('--reason <words>', 'why it is dropped')
  .action(dropDeadLetter);

inDataDir(program.command('move'))
  .description('copy the record from PostgreSQL to EventStoreDB; the platform must be stopped')
  .requiredOption('--to <url>', 'where to: esdb://host:2113')
  .option('--namespace <name>', 'put before the names of streams, on a server that holds other things')
  .action(move);

inDataDir(program.command('return'))
  .description('take a move back: the record in PostgreSQL goes on where it was left')
  .action(returnToPostgres);

onAnyPlatform(program.command('replay'))
  .description('publish the history of a topic once more, from the record')
  .requiredOption('--topic <topic>', 'the topic')
  .action(replay);

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  if (process.env['CAIRN_LOG'] === 'debug') console.error(error);
  // All that could be closed is closed by now. What an engine that is frozen leaves open would keep the process alive for minutes.
  process.exit(error instanceof StoppedEarlyError ? error.exitCode : 1);
}
