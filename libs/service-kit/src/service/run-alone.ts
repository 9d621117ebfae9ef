import { closeInTime, startInTime, StopTimedOutError } from './close-in-time.js';
import type { ServiceConfig } from './config.js';
import { configFrom } from './config.js';
import { ConfigurationError } from './configuration-error.js';
import type { RunningService } from './serve.js';
import type { StartOptions } from './start-service.js';
import { StoppedEarlyError, toldToStop } from './told-to-stop.js';

const stopLimit_ms = 10_000;

/**
 * Runs one service as a process, set up by its environment, until SIGINT or SIGTERM. Engines that are away are waited
 * for, and `/api/health/ready` says which. Told to stop, it ends within 10 s, also when an engine does not answer, with
 * exit code 1 then. `CAIRN_PREPARE_DATABASE=1` makes schemas and roles first, which takes the owner's `DATABASE_URL`.
 * What is missing in the environment is said in one line, with exit code 2.
 */
export const runAlone = async (
  service: string,
  start: (config: ServiceConfig, options: StartOptions) => Promise<RunningService>,
): Promise<void> => {
  const { told, signal } = toldToStop();
  try {
    const onListening = (url: string): void => console.log(`${service} answers at ${url}`);
    const starting = start(configFrom(process.env), { waitForEngines: true, onListening, signal });
    const running = await startInTime(starting, signal, stopLimit_ms, () => new StopTimedOutError([service], stopLimit_ms));
    await told;
    await closeInTime([running], stopLimit_ms);
  } catch (error) {
    if (error instanceof StoppedEarlyError) return; // It was asked to stop, and it has: nothing is left open.
    if (!(error instanceof ConfigurationError || error instanceof StopTimedOutError)) throw error;
    console.error(error.message);
    if (error instanceof StopTimedOutError) process.exit(1);
    process.exitCode = 2;
  }
};
