import type { AnyPublicEvent } from '@cairn/contracts';
import type { InTransaction, SqlSession } from '@cairn/event-bus';
import type { Projection } from '@cairn/service-kit';

import { logHead, readLog } from '../log/read-log.js';
import { appendReceived } from '../log/received-event.js';
import type { ReceivedEvent } from '../log/received-event.js';
import { adoptionProjection } from '../read/adoption.read.js';
import { directoryProjection } from '../read/schools.read.js';
import { historyProjection } from '../read/history.read.js';

export const projections: readonly Projection<ReceivedEvent>[] = [directoryProjection, adoptionProjection, historyProjection];

const project = (inTransaction: InTransaction, batch: readonly ReceivedEvent[]): Promise<void> =>
  inTransaction(async (session) => {
    for (const projection of projections) await projection.project(batch, session);
  });

/** Puts what the log holds after a position into every read model, in batches of a size. */
export const projectAll = async (inTransaction: InTransaction, after = 0, batchEvents = 500): Promise<void> => {
  for (let position = after; ; ) {
    const from = position;
    const batch = await inTransaction((session) => readLog(session, from, batchEvents));
    if (batch.length === 0) return;
    await project(inTransaction, batch);
    position = batch.at(-1)?.logPosition ?? position;
  }
};

/** Empties the tables that serve. */
export const emptyReadModels = async (session: SqlSession): Promise<void> => {
  await session.query(`TRUNCATE ${projections.flatMap(({ tables }) => tables).join(', ')}`);
};

/** Empties the log and the read models, past the guard of the log, and receives another history. */
export const startWith = async (inTransaction: InTransaction, events: readonly AnyPublicEvent[], batchEvents = 500): Promise<void> => {
  await inTransaction(async (session) => {
    await session.query('ALTER TABLE received_event DISABLE TRIGGER USER');
    await session.query('TRUNCATE received_event');
    await session.query('UPDATE received_head SET log_position = 0');
    await session.query('ALTER TABLE received_event ENABLE TRIGGER USER');
    await emptyReadModels(session);
  });
  await receive(inTransaction, events, batchEvents);
};

/** Receives events and projects them as they are handed over; answers the position of the log after it. */
export const receiveAtHand = async (inTransaction: InTransaction, events: readonly AnyPublicEvent[]): Promise<number> => {
  const { added } = await inTransaction(async (session) => appendReceived(session, events));
  await project(inTransaction, await added);
  return inTransaction(logHead);
};

/** Receives events and projects them out of the log; answers the position of the log after it. */
export const receive = async (inTransaction: InTransaction, events: readonly AnyPublicEvent[], batchEvents = 500): Promise<number> => {
  const before = await inTransaction(logHead);
  await inTransaction(async (session) => appendReceived(session, events));
  await projectAll(inTransaction, before, batchEvents);
  return inTransaction(logHead);
};
