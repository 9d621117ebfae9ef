import { setTimeout as sleep } from 'node:timers/promises';

import type { Benchmark } from '../measure/benchmark.js';
import { histogramOf, quantileOf } from '../measure/statistics.js';
import { AdoptionTraffic } from '../platform/adoption-traffic.js';
import { CairnProcess } from '../platform/cairn-process.js';
import { BarePath } from '../reference/bare-path.js';
import { callersDo } from '../setup/events.js';

const callers = 16;

interface Probe {
  /** Until the command was answered. */
  readonly command_ms: number;
  /** Until a read that asks for what the command recorded was answered: the whole way. */
  readonly read_ms: number;
}

/** A command, and the read that waits for it. */
interface Journey<Recorded> {
  command(): Promise<Recorded>;
  read(recorded: Recorded): Promise<void>;
}

const probe = async <Recorded>({ command, read }: Journey<Recorded>): Promise<Probe> => {
  const sent = performance.now();
  const recorded = await command();
  const answered = performance.now();
  await read(recorded);
  return { command_ms: answered - sent, read_ms: performance.now() - sent };
};

type Probed<Name extends string> = Readonly<Record<Name, readonly Probe[]>>;

/** So many probes of each kind in turn, each a while after the one before, at no fixed beat with the platform's own. */
const probesOf = async <Name extends string>(kinds: Readonly<Record<Name, () => Promise<Probe>>>, count: number, pause_ms: number): Promise<Probed<Name>> => {
  const names = Object.keys(kinds) as Name[];
  const seen = Object.fromEntries(names.map((name) => [name, [] as Probe[]])) as Record<Name, Probe[]>;
  for (let turn = 0; turn < count; turn += 1) {
    for (const name of names) {
      seen[name].push(await kinds[name]());
      await sleep(pause_ms * (0.5 + Math.random()));
    }
  }
  return seen;
};

/** How many commands a second are answered when the callers send the next as soon as the last is answered. */
const mostCommands = async (traffic: AdoptionTraffic, seconds: number): Promise<number> => {
  const until = performance.now() + seconds * 1_000;
  let done = 0;
  const took = await callersDo(callers, async () => {
    await traffic.command();
    done += 1;
    return performance.now() < until;
  });
  return done / took;
};

/** Sends commands, whether or not the earlier ones are answered, until told to stop: with those of the probes so many a second. */
const sendAt = (traffic: AdoptionTraffic, perSecond: number): (() => Promise<void>) => {
  const running = new Set<Promise<unknown>>();
  const failures: unknown[] = [];
  const started = performance.now();
  const sentBefore = traffic.sent;
  const timer = setInterval(() => {
    const due = sentBefore + ((performance.now() - started) / 1_000) * perSecond;
    while (traffic.sent < due) {
      const command = traffic.command().catch((error: unknown) => failures.push(error));
      running.add(command);
      void command.finally(() => running.delete(command));
    }
  }, 5);
  return async () => {
    clearInterval(timer);
    await Promise.all(running);
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${traffic.sent - sentBefore} commands failed`);
  };
};

const quantilesOf = (durations_ms: readonly number[]): string => {
  const of = (quantile: number): string => quantileOf(durations_ms, quantile).toFixed(1);
  return `p50 ${of(0.5)} p90 ${of(0.9)} p99 ${of(0.99)} max ${of(1)} ms`;
};

const readsOf = (seen: readonly Probe[]): readonly number[] => seen.map(({ read_ms }) => read_ms);

const told = (name: string, { adoption, district }: Probed<'adoption' | 'district'>): string[] => [
  `${name}, ${adoption.length} commands, and as many that are followed by a read of the district`,
  `  command answered    ${quantilesOf([...adoption, ...district].map(({ command_ms }) => command_ms))}`,
  `  visible             ${quantilesOf(readsOf(adoption))}`,
  ...histogramOf(readsOf(adoption)).map((line) => `    ${line}`),
  `  read with district  ${quantilesOf(readsOf(district))}`,
];

/** What the machine takes at this hour for the trips alone: the figure to hold the others against. */
const toldBeside = (adoption: readonly Probe[], byHand: readonly Probe[]): string[] => {
  const times = quantileOf(readsOf(adoption), 0.5) / quantileOf(readsOf(byHand), 0.5);
  return [`  by hand, idle       ${quantilesOf(readsOf(byHand))}`, `  visible: ${times.toFixed(2)} x the same trips to the database by hand`];
};

export const commandToVisible: Benchmark = {
  name: 'command-to-visible',
  title: 'Command over HTTP to visible in the read model of another service',
  run: async ({ server, smoke }) => {
    // Which ends with this process, should the other not start.
    const byHand = await BarePath.start(await server.database('bench_by_hand'), 150 * 8);
    const cairn = await CairnProcess.start({ databaseUrl: await server.database('bench_visible') });
    try {
      // So many, also for a smoke run, that a machine which stands still for a second leaves some that are not being written to.
      const traffic = await AdoptionTraffic.open(cairn, 150, 8);
      const command = () => traffic.command();
      const kinds = {
        adoption: () => probe({ command, read: (recorded) => traffic.readAdoption(recorded) }),
        district: () => probe({ command, read: (recorded) => traffic.readDistrict(recorded) }),
      };
      const hand = { byHand: () => probe({ command: () => byHand.command(), read: (recorded) => byHand.read(recorded) }) };
      const count = smoke ? 10 : 500;
      await probesOf({ ...kinds, ...hand }, smoke ? 5 : 100, 5);
      const most = await mostCommands(traffic, smoke ? 0.5 : 5);
      await sleep(smoke ? 0 : 2_000);
      const idle = await probesOf(kinds, count, 20);
      // Not in turn: what the one leaves in the caches of the processors would count for the other.
      const { byHand: alone } = await probesOf(hand, count, 20);
      const stop = sendAt(traffic, most / 2);
      const half = await probesOf(kinds, count, 20).finally(stop);
      const verdicts = [
        { name: 'idle', seen: idle.adoption },
        { name: 'half load', seen: half.adoption },
      ].flatMap(({ name, seen }) =>
        [
          { quantile: 0.5, target: 15 },
          { quantile: 0.99, target: 60 },
        ].map(({ quantile, target }) => ({
          what: `${name}, p${quantile * 100}`,
          measured: quantileOf(readsOf(seen), quantile),
          target,
          is: 'at-most' as const,
          unit: 'ms' as const,
        })),
      );
      return {
        lines: [
          `${most.toFixed(0)} commands/s at most, from ${callers} callers that wait for each answer; half load is ${(most / 2).toFixed(0)}/s`,
          ...told('idle', idle),
          ...toldBeside(idle.adoption, alone),
          ...told('half load', half),
        ],
        verdicts,
        figures: { commandsPerSecondMax: most, idle, byHand: alone, half },
      };
    } finally {
      await Promise.all([cairn.stop(), byHand.stop()]);
    }
  },
};
