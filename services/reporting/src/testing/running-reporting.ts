import { topics } from '@cairn/contracts';
import type { AnyPublicEvent } from '@cairn/contracts';
import { testDatabase } from '@cairn/embedded-postgres/testing';
import { openPostgresEventBus } from '@cairn/event-bus';
import { busSchema, provisionDatabase } from '@cairn/service-kit';

import { startReporting } from '../reporting.service.js';
import { testIdentity } from './sign-token.js';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export interface RunningReporting {
  readonly url: string;
  readonly databaseUrl: string;
  /**
   * What the directory and the scaling plan publish; the answer is the `min-position` that has it. Positions are given
   * out as it is published, whenever the events were made: by an earlier one that came later, nobody could wait for it.
   */
  publish(...events: readonly AnyPublicEvent[]): Promise<string>;
  get(path: string, token?: string): Promise<Answer>;
  post(path: string, token?: string): Promise<Answer>;
  readonly tokenOf: ReturnType<typeof testIdentity>['tokenOf'];
  close(): Promise<void>;
}

const topicOf = ({ source }: AnyPublicEvent): string =>
  source === '/cairn/directory' ? topics.directory.name : topics.scalingPlan.name;

/** The service over a database and a bus of its own, and a hand to publish for the services that it hears from. */
export const runReporting = async (): Promise<RunningReporting> => {
  const database = await testDatabase();
  const { identity, tokenOf } = testIdentity();
  await provisionDatabase(database.url, ['reporting']);
  const bus = openPostgresEventBus({ schema: busSchema, connection: { connectionString: database.url } });
  for (const { name, partitions } of Object.values(topics)) await bus.ensureTopic(name, { partitions });
  const service = await startReporting({ databaseUrl: database.url, host: '127.0.0.1', port: 0, identity, logLevel: 'silent' });
  const operator = tokenOf('operator', '*');
  const published = new Map<string, number>();
  const ask = async (path: string, method: string, token: string): Promise<Answer> => {
    const response = await fetch(`${service.url}${path}`, { method, headers: { authorization: `Bearer ${token}` } });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  };
  return {
    url: service.url,
    databaseUrl: database.url,
    tokenOf,
    get: (path, token = operator) => ask(path, 'GET', token),
    post: (path, token = operator) => ask(path, 'POST', token),
    publish: async (...events) => {
      const positions = new Map<string, string>();
      for (const event of events) {
        const scope = event.source.slice('/cairn/'.length);
        const position = String((published.get(scope) ?? 0) + 1);
        published.set(scope, Number(position));
        await bus.publish(topicOf(event), [
          { id: event.id, key: event.subject, headers: {}, value: JSON.stringify({ ...event, position }), scope, sourcePosition: position },
        ]);
        positions.set(scope, position);
      }
      for (const [scope, position] of positions) {
        await bus.publishWatermark(scope === 'directory' ? topics.directory.name : topics.scalingPlan.name, { scope, position });
      }
      return [...positions].map(([scope, position]) => `${scope}:${position}`).join(',');
    },
    close: async () => {
      await service.close();
      await bus.close();
      await database.drop();
    },
  };
};
