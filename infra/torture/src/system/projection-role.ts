import { checkpointDdl, ProjectionRunner, storeSource } from '@cairn/service-kit';
import { pino } from 'pino';

import { takeIn } from '../model/read-model.js';
import type { RunningRole, Surroundings } from './roles.js';
import { heardOf, openTransactions } from './roles.js';
import { seenSchema } from './settings.js';

export const runProjection = async ({ settings, store, crash }: Surroundings): Promise<RunningRole> => {
  const inTransaction = openTransactions(settings.url, seenSchema);
  await inTransaction((session) => session.query(checkpointDdl));
  const runner = new ProjectionRunner(
    {
      name: 'tally',
      project: async (events, session) => {
        crash.reach('in-apply');
        await takeIn(session, seenSchema, events.map(heardOf), { schemaVersionMax: Infinity, mended: true });
        crash.reach('after-apply');
      },
      reset: async (session) => {
        await session.query(`DELETE FROM ${seenSchema}.tally`);
        await session.query(`DELETE FROM ${seenSchema}.effect`);
      },
    },
    storeSource(store),
    inTransaction,
    pino({ level: 'silent' }),
  );
  await runner.start();
  return { status: async () => ({ caughtUp: (await runner.status()).caughtUp }) };
};
