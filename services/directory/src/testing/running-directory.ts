import { testDatabase } from '@cairn/embedded-postgres/testing';
import { provisionDatabase } from '@cairn/service-kit';
import type { Role, RunningService } from '@cairn/service-kit';
import { testIdentity } from '@cairn/service-kit/testing';

import { startDirectory } from '../directory.service.js';

export interface Call {
  readonly body?: string | Uint8Array;
  readonly type?: string;
  readonly as?: Role;
  readonly districts?: '*' | readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** No token at all. */
  readonly anonymous?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export interface RunningDirectory {
  readonly databaseUrl: string;
  call(method: string, path: string, call?: Call): Promise<Answer>;
  /** Stops the service and starts it again over the same database. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** The whole service over a database of its own, spoken to over HTTP. */
export const runDirectory = async (): Promise<RunningDirectory> => {
  const database = await testDatabase();
  const { identity, tokenOf } = testIdentity();
  await provisionDatabase(database.url, ['directory']);
  const start = (): Promise<RunningService> =>
    startDirectory({ databaseUrl: database.url, host: '127.0.0.1', port: 0, logLevel: 'silent', identity });
  let service = await start();
  return {
    databaseUrl: database.url,
    call: async (method, path, { body, type = 'application/json', as = 'operator', districts = '*', headers = {}, anonymous } = {}) => {
      const sent = new Headers(headers);
      if (!anonymous) sent.set('Authorization', `Bearer ${tokenOf(as, districts)}`);
      if (body !== undefined) sent.set('Content-Type', type);
      const response = await fetch(`${service.url}${path}`, { method, headers: sent, ...(body === undefined ? {} : { body }) });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    restart: async () => {
      await service.close();
      service = await start();
    },
    close: async () => {
      await service.close();
      await database.drop();
    },
  };
};
