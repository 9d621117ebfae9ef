import { setTimeout as sleep } from 'node:timers/promises';
import { clusterFolder } from './cluster.js';
import type { EmbeddedPostgres } from './contract.js';
import { createDatabase } from './database.js';
import { PostgresStartError } from './errors.js';
import { currentOwner } from './owner-lock.js';
import { serverUrl, untilAccepting } from './postmaster.js';
import { runningPostmaster } from './postmaster-file.js';
import { readState } from './state-file.js';

/**
 * Another process's server, once it takes connections; undefined when that process ends first.
 * @throws PostgresStartError at the deadline (milliseconds since the epoch).
 */
export const attachToRunning = async (dataDir: string, deadline: number): Promise<EmbeddedPostgres | undefined> => {
  while ((await currentOwner(dataDir)) !== undefined) {
    const state = await readState(dataDir);
    const server = await runningPostmaster(clusterFolder(dataDir));
    if (state !== undefined && server !== undefined) {
      const ready = await untilAccepting(server, state.password, deadline, async () => `(see ${dataDir}/postgres.log)`);
      if (ready) {
        await createDatabase(serverUrl(state.password, server.port, 'postgres'), 'cairn');
        const urlOf = (database: string): string => serverUrl(state.password, server.port, database);
        return {
          url: urlOf('cairn'),
          urlOf,
          port: server.port,
          pid: server.process.pid,
          origin: 'attached',
          announce: async () => undefined,
          stop: async () => undefined,
        };
      }
    }
    if (Date.now() > deadline) throw new PostgresStartError(`The server of the process that owns ${dataDir} was not ready in time.`);
    await sleep(100);
  }
  return undefined;
};
