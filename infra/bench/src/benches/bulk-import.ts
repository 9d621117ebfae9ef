import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';

import type { NewStream, PostgresEventStore } from '@cairn/event-store';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

import type { Benchmark } from '../measure/benchmark.js';
import { interleave, linesOf, ratioOf } from '../measure/interleave.js';
import { ratePerSecond } from '../measure/rate.js';
import { openBenchStore } from '../setup/bench-store.js';
import { fillStore, importedStreams } from '../setup/filled-store.js';

const columns = 'pos, stream_id, version, event_id, type, schema_version, data, meta, occurred_at, recorded_at, hash';

/** The rows of a filled store as the text that COPY takes, so that the reference has nothing to compute. */
const copyTextOf = async (pool: pg.Pool): Promise<readonly string[]> => {
  const rows = await pool.query<{ line: string }>(
    `SELECT concat_ws(E'\\t', pos, stream_id, version, event_id, type, schema_version, data, meta, occurred_at, recorded_at,
       '\\' || hash::text) || E'\\n' AS line FROM store.es_event ORDER BY pos`,
  );
  const chunks: string[] = [];
  for (let at = 0; at < rows.rows.length; at += 500) chunks.push(rows.rows.slice(at, at + 500).map(({ line }) => line).join(''));
  return chunks;
};

const copyInto = async (pool: pg.Pool, table: string, chunks: readonly string[]): Promise<void> => {
  const client = await pool.connect();
  try {
    await pipeline(Readable.from(chunks), client.query(copyFrom(`COPY ${table} (${columns}) FROM STDIN`)));
  } finally {
    client.release();
  }
};

export const bulkImport: Benchmark = {
  name: 'bulk-import',
  title: 'Bulk import of streams of ten events',
  run: async (run) => {
    const url = await run.server.database('bench_bulk_import');
    const events = run.smoke ? 1_000 : 100_000;
    const store = await openBenchStore(url);
    const pool = new pg.Pool({ connectionString: url, max: 2 });
    const imported = 'cairn, import of streams';
    const appended = 'cairn, appends';
    const copied = 'COPY, with the same indexes';
    try {
      await fillStore(store, events);
      const chunks = await copyTextOf(pool);
      // Each round of each side begins with an empty table: what indexes hold already is what a row costs.
      const intoNewStore = async (schema: string, work: (empty: PostgresEventStore) => Promise<number>): Promise<number> => {
        const empty = await openBenchStore(url, schema);
        try {
          return await ratePerSecond(() => work(empty));
        } finally {
          await empty.close();
        }
      };
      const rates = await interleave(
        [
          {
            name: imported,
            round: (round) => {
              // Out of a file, and at hand before the clock starts, as the rows of the COPY are.
              const streams = JSON.parse(JSON.stringify([...importedStreams(events, `in-${round}`)])) as NewStream[];
              return intoNewStore(`imported_${round}`, async (empty) => (await empty.importStreams(streams)).events);
            },
          },
          {
            name: appended,
            round: (round) => intoNewStore(`appended_${round}`, async (empty) => (await fillStore(empty, events, String(round)), events)),
          },
          {
            name: copied,
            round: async (round) => {
              const table = `copied_${round}`;
              await pool.query(`CREATE TABLE ${table} (LIKE store.es_event INCLUDING ALL)`);
              return ratePerSecond(async () => (await copyInto(pool, table, chunks), events));
            },
          },
        ],
        run.rounds,
      );
      const measured = ratioOf(rates, imported, copied);
      return {
        lines: linesOf(rates, 'events'),
        verdicts: [{ what: 'to COPY', measured, target: 0.7, is: 'at-least', unit: 'x' }],
        figures: rates,
      };
    } finally {
      await Promise.all([store.close(), pool.end()]);
    }
  },
};
