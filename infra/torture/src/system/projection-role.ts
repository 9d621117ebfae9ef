import { checkpointDdl, projectionDatabaseOf, ProjectionRunner, storeSource } from '@cairn/service-kit';
import { pino } from 'pino';

import type { Heard } from '../model/read-model.js';
import { takeIn, tallyDdl } from '../model/read-model.js';
import type { RunningRole, Surroundings } from './roles.js';
import { heardOf, openPool } from './roles.js';
import { seenSchema } from './settings.js';

const heavy = 500;

/** The bug of row 16: heavy stones count twice. */
const misread = (heard: Heard): Heard => (heard.weight > heavy ? { ...heard, weight: 2 * heard.weight } : heard);

/** A read model fed from the store itself, as a service keeps its own. */
export const runProjection = async ({ settings, store, crash, complain }: Surroundings): Promise<RunningRole> => {
  const database = projectionDatabaseOf(openPool(settings.url, seenSchema));
  const source = storeSource(store);
  const projection = {
    name: 'tally',
    tables: ['tally', 'effect'],
    ddl: tallyDdl,
    project: async (events: Parameters<typeof heardOf>[0][], session: Parameters<typeof takeIn>[0]) => {
      crash.reach('in-apply');
      const heard = events.map(heardOf).map((one) => (settings.bug ? misread(one) : one));
      await takeIn(session, '', heard, { schemaVersionMax: Infinity, mended: true });
      crash.reach('after-apply');
    },
  };
  const read: typeof source.read = async (after, limit) => {
    const page = await source.read(after, limit);
    if (page.events.length > 0) crash.reach('before-batch');
    return page;
  };
  const logger = pino({ level: 'warn' }, { write: (line: string) => complain(line) });
  const runner = new ProjectionRunner(projection, { ...source, read }, database, logger, { lease_ms: 800 });
  // The engines may be away while it starts.
  const started = (async () => {
    for (;;) {
      try {
        await database.inTransaction((session) => session.query(checkpointDdl));
        return await runner.start();
      } catch (error) {
        complain(error);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  })();
  return {
    status: async () => {
      await started;
      const { caughtUp, generation, building } = await runner.status();
      return { caughtUp, generation, building: building !== undefined };
    },
    build: (order) => (order === 'rebuild' ? runner.rebuild() : runner.goBack()),
    stop: () => runner.stop(),
  };
};
