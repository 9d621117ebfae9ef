import { provisionDatabase } from '../data/provision.js';
import type { ServiceConfig } from './config.js';
import { ConfigurationError, configFrom } from './config.js';
import type { RunningService } from './serve.js';
import { toldToStop } from './told-to-stop.js';

/**
 * Runs one service as a process, set up by its environment, until SIGINT or SIGTERM. `CAIRN_PREPARE_DATABASE=1` makes
 * schemas and roles first, which takes the owner's `DATABASE_URL`. What is missing is said in one line, with exit code 2.
 */
export const runAlone = async (service: string, start: (config: ServiceConfig) => Promise<RunningService>): Promise<void> => {
  const { told } = toldToStop();
  try {
    const config = configFrom(process.env);
    if (process.env['CAIRN_PREPARE_DATABASE'] === '1') await provisionDatabase(config.databaseUrl, [service]);
    const running = await start(config);
    console.log(`${service} answers at ${running.url}`);
    await told;
    await running.close();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
};
