import pg from 'pg';

import type { Benchmark } from '../measure/benchmark.js';
import { interleave, linesOf, ratioOf } from '../measure/interleave.js';
import { ratePerSecond } from '../measure/rate.js';
import { openBenchStore } from '../setup/bench-store.js';
import { fillStore } from '../setup/filled-store.js';

const pageEvents = 4_096;

interface PositionRow {
  readonly pos: string;
}

export const reading: Benchmark = {
  name: 'reading',
  title: `Reading everything, in pages of ${pageEvents} events`,
  run: async (run) => {
    const url = await run.server.database('bench_reading');
    const store = await openBenchStore(url);
    const pool = new pg.Pool({ connectionString: url, max: 1 });
    const stored = run.smoke ? 2_000 : 60_000;
    const typed = 'cairn, typed events';
    const rows = 'SELECT of the same rows through pg';
    try {
      await fillStore(store, stored);
      await pool.query('VACUUM ANALYZE');
      const rates = await interleave(
        [
          {
            name: typed,
            round: () =>
              ratePerSecond(async () => {
                let read = 0;
                let after: string | undefined;
                for (;;) {
                  const page = await store.readAll({ after, limit: pageEvents });
                  if (page.events.length === 0) return read;
                  read += page.events.length;
                  after = page.readUpTo;
                }
              }),
          },
          {
            name: rows,
            round: () =>
              ratePerSecond(async () => {
                let read = 0;
                let after = '0';
                for (;;) {
                  const page = await pool.query<PositionRow>({
                    name: 'raw_read',
                    text: 'SELECT * FROM store.es_event WHERE pos > $1 ORDER BY pos LIMIT $2',
                    values: [after, pageEvents],
                  });
                  const last = page.rows.at(-1);
                  if (last === undefined) return read;
                  read += page.rows.length;
                  after = last.pos;
                }
              }),
          },
        ],
        run.rounds,
      );
      const measured = ratioOf(rates, typed, rows);
      return {
        lines: linesOf(rates, 'events'),
        verdicts: [{ what: 'to SELECT through pg', measured, target: 0.8, is: 'at-least', unit: 'x' }],
        figures: rates,
      };
    } finally {
      await Promise.all([store.close(), pool.end()]);
    }
  },
};
