import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';

import type { Benchmark } from '../measure/benchmark.js';
import { AdoptionTraffic } from '../platform/adoption-traffic.js';
import { CairnProcess } from '../platform/cairn-process.js';
import type { MemoryUse } from '../platform/memory-probe.js';
import { addFacts } from '../platform/more-facts.js';

const steps = 4;
const megabyte = 1_048_576;

interface Moment {
  readonly when: string;
  readonly use: MemoryUse;
}

/** Waits until reporting has received everything and its read models stand at the end of it. */
const untilRead = async (databaseUrl: string, timeout_ms: number): Promise<void> => {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const until = performance.now() + timeout_ms;
    for (;;) {
      const { rows } = await client.query<{ behind: boolean }>(`
        SELECT (SELECT count(*) FROM reporting.received_event WHERE scope = 'scaling-plan') < (SELECT pos FROM scaling_plan_store.es_head)
          OR EXISTS (SELECT 1 FROM reporting.projection_checkpoint p, reporting.received_head h
                     WHERE coalesce(p.position, '0')::bigint < h.log_position) AS behind`);
      if (rows[0]?.behind === false) return;
      if (performance.now() > until) throw new Error('The read models did not catch up in time');
      await sleep(250);
    }
  } finally {
    await client.end();
  }
};

const told = ({ when, use }: Moment): string =>
  `${when.padEnd(34)} rss ${(use.rss / megabyte).toFixed(0).padStart(5)} MB   heap after a collection ${(use.heapUsed / megabyte).toFixed(1).padStart(6)} MB`;

export const memory: Benchmark = {
  name: 'memory',
  title: 'Memory of the platform in one process, idle and after 100,000 events',
  run: async ({ server, smoke, say }) => {
    const databaseUrl = await server.database('bench_memory');
    const cairn = await CairnProcess.start({ databaseUrl, probed: true });
    const events = smoke ? 400 : 100_000;
    const moments: Moment[] = [];
    const look = async (when: string): Promise<void> => {
      const moment = { when, use: await cairn.memory() };
      moments.push(moment);
      say(`  ${when}: looked at`);
    };
    try {
      const [schools, initiatives] = smoke ? [10, 1] : [150, 8];
      const traffic = await AdoptionTraffic.open(cairn, schools, initiatives);
      for (let command = 0; command < schools * initiatives * 3; command += 1) await traffic.command();
      await untilRead(databaseUrl, 600_000);
      await sleep(smoke ? 0 : 5_000);
      await look('idle');
      for (let step = 1; step <= steps; step += 1) {
        await addFacts(databaseUrl, events / steps);
        await untilRead(databaseUrl, 3_600_000);
        await look(`after ${(events / steps) * step} events more`);
      }
      await sleep(smoke ? 0 : 30_000);
      await look('idle again');
      const [idle, again] = [moments[1] ?? moments[0], moments.at(-1)];
      if (!idle || !again) throw new Error('Nothing was measured');
      const grown = (again.use.heapUsed - idle.use.heapUsed) / megabyte;
      return {
        lines: moments.map(told),
        verdicts: [{ what: `heap after ${events} events, over that after the first quarter`, measured: grown, target: 5, is: 'at-most', unit: 'MB' }],
        figures: moments,
      };
    } finally {
      await cairn.stop();
    }
  },
};
