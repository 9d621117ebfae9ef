import { goAlong } from '@cairn/event-bus';
import type { PostgresEventStore, RecordedEvent } from '@cairn/event-store';
import { checkpointDdl, projectionDatabaseOf, ProjectionRunner, storeSource } from '@cairn/service-kit';
import type { Projection, ProjectionSource } from '@cairn/service-kit';
import pg from 'pg';
import { pino } from 'pino';

import type { Benchmark } from '../measure/benchmark.js';
import { interleave, linesOf, ratioOf } from '../measure/interleave.js';
import { ratePerSecond } from '../measure/rate.js';
import { openBenchStore } from '../setup/bench-store.js';
import { fillStore } from '../setup/filled-store.js';

const batchEvents = 100;

const table = `(event_id uuid PRIMARY KEY, stream_id text NOT NULL, version int NOT NULL, stage text NOT NULL, at timestamptz NOT NULL)`;

const upsert = (into: string): string => `INSERT INTO ${into} (event_id, stream_id, version, stage, at)
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::timestamptz[])
  ON CONFLICT (event_id) DO UPDATE SET version = excluded.version, stage = excluded.stage, at = excluded.at`;

const valuesOf = (events: readonly RecordedEvent[]): unknown[] => [
  events.map(({ id }) => id),
  events.map(({ stream }) => stream),
  events.map(({ version }) => version),
  events.map(({ data }) => (data as { to: string }).to),
  events.map(({ occurredAt }) => occurredAt),
];

/** Pages of at most a hundred events, whatever the runner asks for. */
const inBatches = (source: ProjectionSource<RecordedEvent>): ProjectionSource<RecordedEvent> => ({
  ...source,
  read: (after, limit) => source.read(after, Math.min(limit, batchEvents)),
});

/** A read model of one row an event, in a table of its own. */
const projectionInto = (name: string): Projection<RecordedEvent> => ({
  name,
  tables: [name],
  ddl: `CREATE TABLE ${name} ${table}`,
  project: async (events, session) => goAlong(session, name, upsert(name), valuesOf(events)),
});

const everyEvent = async (store: PostgresEventStore): Promise<readonly RecordedEvent[]> => {
  const events: RecordedEvent[] = [];
  for (;;) {
    const page = await store.readAll({ after: events.at(-1)?.position, limit: 4_096 });
    if (page.events.length === 0) return events;
    events.push(...page.events);
  }
};

export const projection: Benchmark = {
  name: 'projection',
  title: `Projection with its checkpoint, batches of ${batchEvents} events`,
  run: async (run) => {
    const url = await run.server.database('bench_projection');
    const store = await openBenchStore(url);
    const pool = new pg.Pool({ connectionString: url, max: 4 });
    const projected = 'cairn, events read, rows and checkpoint written';
    const upserted = 'multi-row upsert of the same rows';
    try {
      await fillStore(store, run.smoke ? 1_000 : 30_000);
      await pool.query(checkpointDdl);
      const events = await everyEvent(store);
      const last = events.at(-1)?.position ?? '0';
      const database = projectionDatabaseOf(pool);
      const rates = await interleave(
        [
          {
            name: projected,
            round: async (round) => {
              const name = `projected_${round}`;
              await pool.query(`CREATE TABLE ${name} ${table}`);
              const source = inBatches(storeSource(store));
              const runner = new ProjectionRunner(projectionInto(name), source, database, pino({ level: 'silent' }));
              const rate = await ratePerSecond(async () => {
                await runner.start();
                await runner.waitFor(last, 600_000);
                return events.length;
              });
              await runner.stop();
              return rate;
            },
          },
          {
            name: upserted,
            round: async (round) => {
              const name = `upserted_${round}`;
              await pool.query(`CREATE TABLE ${name} ${table}`);
              return ratePerSecond(async () => {
                for (let at = 0; at < events.length; at += batchEvents) {
                  await pool.query({ name, text: upsert(name), values: valuesOf(events.slice(at, at + batchEvents)) });
                }
                return events.length;
              });
            },
          },
        ],
        run.rounds,
      );
      const measured = ratioOf(rates, projected, upserted);
      return {
        lines: linesOf(rates, 'events'),
        verdicts: [{ what: 'to multi-row upsert', measured, target: 0.6, is: 'at-least', unit: 'x' }],
        figures: rates,
      };
    } finally {
      await Promise.all([store.close(), pool.end()]);
    }
  },
};
