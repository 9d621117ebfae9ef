import type { ServiceConfig } from './config.js';
import { configFrom } from './config.js';
import { ConfigurationError } from './configuration-error.js';
import type { RunningService } from './serve.js';
import type { StartOptions } from './start-service.js';
import { StoppedEarlyError, toldToStop } from './told-to-stop.js';

/**
 * Runs one service as a process, set up by its environment, until SIGINT or SIGTERM. Engines that are away are waited
 * for, and `/api/health/ready` says which. `CAIRN_PREPARE_DATABASE=1` makes schemas and roles first, which takes the
 * owner's `DATABASE_URL`. What is missing in the environment is said in one line, with exit code 2.
 */
export const runAlone = async (
  service: string,
  start: (config: ServiceConfig, options: StartOptions) => Promise<RunningService>,
): Promise<void> => {
  const { told, signal } = toldToStop();
  try {
    const onListening = (url: string): void => console.log(`${service} answers at ${url}`);
    const running = await start(configFrom(process.env), { waitForEngines: true, onListening, signal });
    await told;
    await running.close();
  } catch (error) {
    if (error instanceof StoppedEarlyError) return; // It was asked to stop, and it has: nothing is left open.
    if (!(error instanceof ConfigurationError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
};
