import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { allBenchmarks } from './benches/index.js';
import type { Outcome } from './measure/benchmark.js';
import { headLines, outcomeLines } from './report.js';
import { startBenchServer } from './setup/bench-server.js';
import { thisMachine, versions } from './setup/machine.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '' },
    smoke: { type: 'boolean', default: false },
    out: { type: 'string', default: '.cairn/bench.json' },
  },
});
const smoke = values.smoke;
const rounds = Number(values.rounds === '' ? (smoke ? 1 : 5) : values.rounds);
const unknown = values.only?.filter((name) => !allBenchmarks.some((benchmark) => benchmark.name === name)) ?? [];
if (unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
  console.error(`npm run bench -- [--only ${allBenchmarks.map(({ name }) => name).join('|')}] [--rounds 5] [--smoke] [--out FILE]`);
  process.exit(2);
}
const asked = values.only === undefined ? allBenchmarks : allBenchmarks.filter(({ name }) => values.only?.includes(name));

const say = (line: string): void => console.log(line);
const server = await startBenchServer();
const outcomes: Record<string, Outcome> = {};
try {
  const [machine, used] = [await thisMachine(), versions(server.version)];
  for (const line of headLines(machine, used, server.settings)) say(line);
  say(`Rounds: ${rounds}, sides in turn, medians${smoke ? '; a smoke run, whose figures say nothing' : ''}`);
  for (const benchmark of asked) {
    const outcome = await benchmark.run({ server, rounds, smoke, say });
    outcomes[benchmark.name] = outcome;
    for (const line of outcomeLines(benchmark.title, outcome, smoke)) say(line);
    await server.settle();
  }
  const file = resolve(values.out);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ at: new Date().toISOString(), machine, versions: used, settings: server.settings, rounds, smoke, outcomes }, null, 2)}\n`);
  say(`\nWritten to ${file}`);
} finally {
  await server.stop();
}
