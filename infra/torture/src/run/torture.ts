import { cpus } from 'node:os';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Chance } from '../chance.js';
import { until } from '../until.js';
import type { Fault } from './faults.js';
import { faults } from './faults.js';
import type { RunOptions } from './options.js';
import { Summary } from './summary.js';
import { World } from './world.js';

/** A fresh database and fresh topics after so many cycles: starts are tried, and the check of a cycle stays short. */
const cyclesOfALife = 25;
const eventsOfACycle = 60;

/**
 * Cycles of load, a fault by chance, recovery and the whole check. Ends at the first mismatch, or the first thing that did
 * not come back, and keeps the evidence: the data of the engines, the ledger, and what was wrong.
 * @returns whether all was well
 */
export const torture = async (options: RunOptions, say: (line: string) => void): Promise<boolean> => {
  await mkdir(options.out, { recursive: true });
  const folder = await mkdtemp(join(options.out, `seed-${options.seed}-`));
  say(`torture: ${options.cycles} cycles over ${options.bus}, seed ${options.seed}, ${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}`);
  const chance = new Chance(options.seed);
  const summary = new Summary();
  const wanted = faults.filter(
    ({ rows, bus }) => (bus ?? options.bus) === options.bus && (options.rows.length === 0 || rows.some((row) => options.rows.includes(row))),
  );
  const world = await World.open(folder, chance, options.bus);
  let fault: Fault | undefined;
  try {
    for (let cycle = 0; cycle < options.cycles; cycle += 1) {
      if (cycle % cyclesOfALife === 0) await world.begin();
      fault = chance.pick(wanted);
      const wrong = await runCycle(world, fault, summary);
      if (wrong.length > 0) throw new Error(`mismatch:\n  ${wrong.join('\n  ')}`);
      if (summary.cycles % 10 === 0) say(summary.line());
    }
    await world.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  } catch (error) {
    const told = `${error instanceof Error ? `${error.stack} ${String(error.cause ?? '')}` : String(error)}`;
    const troubles = worldTroubles(world);
    say(`cycle ${summary.cycles + 1}, after "${fault?.name}": ${told}`);
    await writeFile(join(folder, 'failure.txt'), [`seed ${options.seed}`, `fault ${fault?.name}`, told, ...troubles, ...summary.lines()].join('\n'));
    await world.close().catch(() => undefined);
    say(`The evidence stays in ${folder}. Had again with: npm run torture -- --bus ${options.bus} --seed ${options.seed}`);
    return false;
  } finally {
    for (const line of summary.lines()) say(line);
  }
  say('mismatches        0');
  return true;
};

const worldTroubles = (world: World): readonly string[] => {
  try {
    return [`drivers: ${String(world.load.failure)}`, ...world.system.troubles];
  } catch {
    return [];
  }
};

const runCycle = async (world: World, fault: Fault, summary: Summary): Promise<readonly string[]> => {
  const { load, system, chance } = world;
  const { ledger, auditor } = system;
  const [events, acknowledgements, duplicates, retries, conflicts] = [
    ledger.events,
    ledger.acknowledgements,
    auditor.duplicates,
    load.retries,
    load.conflicts,
  ];
  load.start();
  await until('the load has begun', () => ledger.events > events + chance.between(5, eventsOfACycle));
  await fault.inflict(world);
  await world.mend();
  const during = ledger.events;
  await until('the load goes on after the fault', () => ledger.events > during + eventsOfACycle / 2);
  await load.stop();
  const wrong = await system.mismatches({ projection: true });
  summary.count(fault.name);
  summary.cycles += 1;
  summary.events += ledger.events - events;
  summary.acknowledgements += ledger.acknowledgements - acknowledgements;
  summary.duplicates += auditor.duplicates - duplicates;
  summary.retries += load.retries - retries;
  summary.conflicts += load.conflicts - conflicts;
  return wrong;
};
