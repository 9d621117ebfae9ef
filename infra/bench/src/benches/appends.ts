import type { Benchmark, BenchmarkRun } from '../measure/benchmark.js';
import type { Side } from '../measure/interleave.js';
import { interleave, linesOf, ratioOf } from '../measure/interleave.js';
import { appendToEmmett, openEmmett } from '../reference/emmett.js';
import { insertRaw, openRaw, rawConnections } from '../reference/raw-rows.js';
import { openBenchStore } from '../setup/bench-store.js';
import { benchEvents, callersDo } from '../setup/events.js';

/** Each caller goes round its own streams, so that none is new or fought over for long. */
const streamsOfCaller = 50;

/** Appends with `callers` loops for `seconds`; answers events a second. */
const appendLoop = async (
  { callers, seconds, eventsOfCommand, round }: { callers: number; seconds: number; eventsOfCommand: number; round: number },
  append: (stream: string, version: number, events: ReturnType<typeof benchEvents>) => Promise<unknown>,
): Promise<number> => {
  const until = performance.now() + seconds * 1_000;
  let stored = 0;
  const took = await callersDo(callers, async (caller, turn) => {
    const stream = `bench.stream-${round}-${caller}-${turn % streamsOfCaller}`;
    const version = Math.floor(turn / streamsOfCaller) * eventsOfCommand;
    await append(stream, version, benchEvents(eventsOfCommand));
    stored += eventsOfCommand;
    return performance.now() < until;
  });
  return stored / took;
};

const secondsOf = ({ smoke }: BenchmarkRun): number => (smoke ? 0.3 : 3);

export const appends: Benchmark = {
  name: 'appends',
  title: 'Durable single-event appends, 64 callers, many streams',
  run: async (run) => {
    const url = await run.server.database('bench_appends');
    const [store, raw, emmett] = [await openBenchStore(url), await openRaw(url), await openEmmett(url)];
    const loop = { seconds: secondsOf(run), eventsOfCommand: 1 };
    const cairn = 'cairn, 64 callers';
    const insert = `one-row INSERT, ${rawConnections} connections`;
    const peer = 'emmett-postgresql, 64 callers';
    const sides: Side[] = [
      {
        name: cairn,
        round: (round) =>
          appendLoop({ ...loop, callers: 64, round }, (stream, version, events) =>
            store.append(stream, version === 0 ? 'no-stream' : version, events),
          ),
      },
      {
        name: insert,
        round: (round) =>
          appendLoop({ ...loop, callers: rawConnections, round }, (stream, version, events) =>
            Promise.all(events.map((event) => insertRaw(raw, stream, version + 1, event))),
          ),
      },
      {
        name: peer,
        round: (round) =>
          appendLoop({ ...loop, callers: 64, round }, (stream, version, events) => appendToEmmett(emmett, stream, version, events)),
      },
    ];
    try {
      const rates = await interleave(sides, run.rounds);
      return {
        lines: linesOf(rates, 'events'),
        verdicts: [
          { what: 'to one-row INSERT', measured: ratioOf(rates, cairn, insert), target: 1.5, is: 'at-least', unit: 'x' },
          { what: 'to emmett-postgresql', measured: ratioOf(rates, cairn, peer), target: 5, is: 'at-least', unit: 'x' },
        ],
        figures: rates,
      };
    } finally {
      await Promise.all([store.close(), raw.end(), emmett.close()]);
    }
  },
};

export const commandsOfTen: Benchmark = {
  name: 'commands-of-ten',
  title: 'Ten events a command, 8 callers',
  run: async (run) => {
    const url = await run.server.database('bench_commands_of_ten');
    const [store, emmett] = [await openBenchStore(url), await openEmmett(url)];
    const loop = { seconds: secondsOf(run), eventsOfCommand: 10, callers: 8 };
    const sides: Side[] = [
      {
        name: 'cairn',
        round: (round) =>
          appendLoop({ ...loop, round }, (stream, version, events) => store.append(stream, version === 0 ? 'no-stream' : version, events)),
      },
      {
        name: 'emmett-postgresql',
        round: (round) => appendLoop({ ...loop, round }, (stream, version, events) => appendToEmmett(emmett, stream, version, events)),
      },
    ];
    try {
      const rates = await interleave(sides, run.rounds);
      const measured = ratioOf(rates, 'cairn', 'emmett-postgresql');
      return {
        lines: linesOf(rates, 'events'),
        verdicts: [{ what: 'to emmett-postgresql', measured, target: 2, is: 'at-least', unit: 'x' }],
        figures: rates,
      };
    } finally {
      await Promise.all([store.close(), emmett.close()]);
    }
  },
};
