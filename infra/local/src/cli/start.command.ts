import { enginesFrom, toldToStop } from '@cairn/service-kit';
import type { LogLevel } from '@cairn/service-kit';

import { startPlatform, storedServices } from '../platform/start-platform.js';
import { startServiceProcesses } from '../processes/start-service-processes.js';
import { endProgress, progressTo } from './progress.js';

interface StartOptions {
  readonly data: string;
  readonly port?: number;
  readonly empty: boolean;
  /** Each service as a process of its own. */
  readonly processes: boolean;
}

const logLevels: readonly string[] = ['debug', 'info', 'warn', 'error', 'silent'] satisfies LogLevel[];

/** How much the services write to the log on standard output; a person who starts it wants an address, not a log. */
export const logLevelFrom = (environment: NodeJS.ProcessEnv): LogLevel => {
  const asked = environment['CAIRN_LOG'];
  return asked !== undefined && logLevels.includes(asked) ? (asked as LogLevel) : 'warn';
};

/** The day that the sample ends on; tests and pictures fix it. */
const sampleToday = (): string => process.env['CAIRN_SAMPLE_TODAY'] ?? new Date().toISOString().slice(0, 10);

/**
 * `cairn start`: runs until Ctrl-C or SIGTERM, then drains the services and stops the database last.
 * @throws StoppedEarlyError when it was told to before it was ready
 */
export const start = async ({ data, port, empty, processes }: StartOptions): Promise<void> => {
  const began_ms = performance.now();
  const { signal: given, told } = toldToStop();
  const progress = progressTo(process.stderr);
  const lost = new AbortController();
  const databaseLost = new Promise<Error>((resolve) => lost.signal.addEventListener('abort', () => resolve(lost.signal.reason as Error)));
  const platform = await startPlatform({
    dataDir: data,
    purpose: 'cairn start',
    port,
    databaseUrl: process.env['DATABASE_URL'],
    sample: !empty,
    today: sampleToday(),
    logLevel: logLevelFrom(process.env),
    onProgress: progress,
    engines: enginesFrom(process.env),
    startServices: processes ? (config) => startServiceProcesses(config, storedServices, (line) => console.log(line)) : undefined,
    onDatabaseLost: (error) => lost.abort(error),
    signal: AbortSignal.any([given, lost.signal]),
  });
  endProgress(process.stderr);
  const seconds = ((performance.now() - began_ms) / 1_000).toFixed(1);
  console.log(`Cairn runs at ${platform.url} (ready after ${seconds} s). Stop it with Ctrl-C.`);
  const ended = await Promise.race([told, databaseLost]);
  if (ended instanceof Error) {
    await platform.stop();
    throw new Error(`The database ended although nobody asked it to (${ended.message}). Everything that was acknowledged is on record; start again, and it recovers.`);
  }
  progress(`Stopping (${ended})`);
  await platform.stop();
  endProgress(process.stderr);
  console.log('Stopped. Everything that was acknowledged is on record.');
};
