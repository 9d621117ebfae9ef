import { checkpointDdl, ProjectionRunner, storeSource } from '@cairn/service-kit';
import { pino } from 'pino';

import { takeIn, tallyDdl } from '../model/read-model.js';
import type { RunningRole, Surroundings } from './roles.js';
import { heardOf, openTransactions } from './roles.js';
import { seenSchema } from './settings.js';

/** A read model fed from the store itself, as a service keeps its own. */
export const runProjection = async ({ settings, store, crash }: Surroundings): Promise<RunningRole> => {
  const inTransaction = openTransactions(settings.url, seenSchema);
  await inTransaction((session) => session.query(checkpointDdl));
  const runner = new ProjectionRunner(
    {
      name: 'tally',
      tables: ['tally', 'effect'],
      ddl: tallyDdl,
      project: async (events, session) => {
        crash.reach('in-apply');
        await takeIn(session, '', events.map(heardOf), { schemaVersionMax: Infinity, mended: true });
        crash.reach('after-apply');
      },
    },
    storeSource(store),
    inTransaction,
    pino({ level: 'silent' }),
    { lease_ms: 800 },
  );
  await runner.start();
  return { status: async () => ({ caughtUp: (await runner.status()).caughtUp }), stop: () => runner.stop() };
};
