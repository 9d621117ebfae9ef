import { setTimeout as sleep } from 'node:timers/promises';

import type { Benchmark } from '../measure/benchmark.js';
import { histogramOf, quantileOf } from '../measure/statistics.js';
import { AdoptionTraffic } from '../platform/adoption-traffic.js';
import { CairnProcess } from '../platform/cairn-process.js';
import { callersDo } from '../setup/events.js';

const callers = 16;

interface Probe {
  /** Until the command was answered. */
  readonly command_ms: number;
  /** Until a read that asks for what the command recorded was answered: the whole way. */
  readonly visible_ms: number;
}

const probe = async (traffic: AdoptionTraffic): Promise<Probe> => {
  const sent = performance.now();
  const position = await traffic.command();
  const answered = performance.now();
  await traffic.read(position);
  return { command_ms: answered - sent, visible_ms: performance.now() - sent };
};

/** So many probes, one after the other, each a while after the one before, at no fixed beat with the platform's own. */
const probes = async (traffic: AdoptionTraffic, count: number, pause_ms: number): Promise<readonly Probe[]> => {
  const seen: Probe[] = [];
  while (seen.length < count) {
    seen.push(await probe(traffic));
    await sleep(pause_ms * (0.5 + Math.random()));
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

/** Sends commands at a rate, whether or not the earlier ones are answered, until told to stop. */
const sendAt = (traffic: AdoptionTraffic, perSecond: number): (() => Promise<void>) => {
  const running = new Set<Promise<unknown>>();
  const failures: unknown[] = [];
  const started = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    for (const due = ((performance.now() - started) / 1_000) * perSecond; sent < due; sent += 1) {
      const command = traffic.command().catch((error: unknown) => failures.push(error));
      running.add(command);
      void command.finally(() => running.delete(command));
    }
  }, 5);
  return async () => {
    clearInterval(timer);
    await Promise.all(running);
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${sent} commands failed`);
  };
};

const told = (name: string, seen: readonly Probe[]): string[] => {
  const of = (part: keyof Probe, quantile: number): string => quantileOf(seen.map((one) => one[part]), quantile).toFixed(1);
  const figures = (part: keyof Probe): string => `p50 ${of(part, 0.5)} p90 ${of(part, 0.9)} p99 ${of(part, 0.99)} max ${of(part, 1)} ms`;
  return [
    `${name}, ${seen.length} commands`,
    `  command answered   ${figures('command_ms')}`,
    `  visible            ${figures('visible_ms')}`,
    ...histogramOf(seen.map(({ visible_ms }) => visible_ms)).map((line) => `    ${line}`),
  ];
};

export const commandToVisible: Benchmark = {
  name: 'command-to-visible',
  title: 'Command over HTTP to visible in the read model of another service',
  run: async ({ server, smoke }) => {
    const cairn = await CairnProcess.start({ databaseUrl: await server.database('bench_visible') });
    try {
      // So many, also for a smoke run, that a machine which stands still for a second leaves some that are not being written to.
      const traffic = await AdoptionTraffic.open(cairn, 150, 8);
      const count = smoke ? 10 : 500;
      await probes(traffic, smoke ? 5 : 100, 5);
      const most = await mostCommands(traffic, smoke ? 0.5 : 5);
      await sleep(smoke ? 0 : 2_000);
      const idle = await probes(traffic, count, 20);
      const stop = sendAt(traffic, most / 2);
      const half = await probes(traffic, count, 20).finally(stop);
      const verdicts = [
        { name: 'idle', seen: idle },
        { name: 'half load', seen: half },
      ].flatMap(({ name, seen }) =>
        [
          { quantile: 0.5, target: 15 },
          { quantile: 0.99, target: 60 },
        ].map(({ quantile, target }) => ({
          what: `${name}, p${quantile * 100}`,
          measured: quantileOf(seen.map(({ visible_ms }) => visible_ms), quantile),
          target,
          is: 'at-most' as const,
          unit: 'ms' as const,
        })),
      );
      return {
        lines: [
          `${most.toFixed(0)} commands/s at most, from ${callers} callers that wait for each answer; half load is ${(most / 2).toFixed(0)}/s`,
          ...told('idle', idle),
          ...told('half load', half),
        ],
        verdicts,
        figures: { commandsPerSecondMax: most, idle, half },
      };
    } finally {
      await cairn.stop();
    }
  },
};
