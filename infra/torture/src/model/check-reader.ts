import type { SqlSession } from '@cairn/event-bus';

import type { Acknowledged } from '../ledger/append-ledger.js';
import { patience_ms, until } from '../until.js';
import { readTally } from './read-model.js';
import { differences, hashOf, replay } from './tally-model.js';

interface Counted {
  readonly effects: number;
  readonly ids: number;
}

const count = async (session: SqlSession, schema: string): Promise<Counted> => {
  const [row] = await session.query<{ effects: number; ids: number }>(
    `SELECT count(*)::int AS effects, count(DISTINCT id)::int AS ids FROM ${schema}.effect`,
  );
  return row ?? { effects: 0, ids: 0 };
};

/** Waits until a read model has an effect of each event, or the time is up; what it has then is what is checked. */
export const untilTakenIn = async (session: SqlSession, schema: string, events: number, timeout_ms = patience_ms): Promise<void> => {
  await until(`${schema} has taken in ${events} events`, async () => (await count(session, schema)).effects >= events, timeout_ms)
    .catch(() => undefined);
};

/** A read model against a clean replay of what was acknowledged: one effect each, and the same hash over all rows. */
export const checkReader = async (session: SqlSession, schema: string, events: readonly Acknowledged[]): Promise<string[]> => {
  const { effects, ids } = await count(session, schema);
  const mismatches: string[] = [];
  if (effects !== events.length) mismatches.push(`${schema}: ${effects} effects of ${events.length} events`);
  if (ids !== effects) mismatches.push(`${schema}: ${effects - ids} effects are doubled`);
  const [actual, expected] = [await readTally(session, schema), replay(events)];
  if (hashOf(actual) !== hashOf(expected)) {
    mismatches.push(`${schema}: the hash is ${hashOf(actual)}, a clean replay gives ${hashOf(expected)}`);
    mismatches.push(...differences(schema, actual, expected).slice(0, 5));
  }
  return mismatches;
};

/** What only a consumer of the bus keeps: nothing is parked, and no checkpoint has ever gone back. */
export const checkConsumer = async (session: SqlSession, schema: string): Promise<string[]> => {
  const parked = await session.query<{ message_id: string; reason: string }>(`SELECT message_id, reason FROM ${schema}.parked_message LIMIT 3`);
  const back = await session.query<{ was: string; became: string }>(`SELECT was, became FROM ${schema}.went_back LIMIT 3`);
  return [
    ...parked.map(({ message_id, reason }) => `${schema}: ${message_id} is parked: ${reason}`),
    ...back.map(({ was, became }) => `${schema}: a checkpoint went back from ${was} to ${became}`),
  ];
};
