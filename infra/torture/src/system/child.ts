// One copy of the service, a process that can be killed: the real store, relay, bus, consumer and projection, told what
// to be by JSON on its command line, asked and answering over the channel to its driver.
import type { Replayed } from '@cairn/event-bus';
import { openPostgresEventStore } from '@cairn/event-store';
import type { EventStore, NewEvent } from '@cairn/event-store';

import type { Command } from '../ledger/append-ledger.js';
import { CrashPoints } from './crash-points.js';
import { openBus } from './open-bus.js';
import type { RunningRole, Surroundings } from './roles.js';
import { runConsumer, runRelay } from './roles.js';
import type { CopySettings, Role } from './settings.js';
import { scope, storeSchema } from './settings.js';
import { SkewedClock, skewProcess } from './skewed-clock.js';
import type { BuildOrder, FromCopy, ToCopy } from './talk.js';

const say = (message: FromCopy): void => void process.send?.(message, () => undefined);

/** A driver that has died leaves nobody behind. */
process.on('disconnect', () => process.exit(0));

const occurredAt = '2025-10-01T05:00:00.000Z';

const eventsOf = (command: Command): readonly NewEvent[] =>
  command.stones.map(({ id, weight, schemaVersion = 1, poison, pad }) => ({
    id,
    type: 'StoneLaid',
    schemaVersion,
    district: 'torture',
    occurredAt,
    actor: 'driver',
    correlationId: command.id,
    commandKey: command.id,
    data: { weight, ...(poison === undefined ? {} : { poison }), ...(pad === undefined ? {} : { pad: 'x'.repeat(pad) }) },
  }));

const append = async (store: EventStore, crash: CrashPoints, command: Command, expected: number) => {
  const { version, position } = await store.append(
    command.stream,
    expected === 0 ? 'no-stream' : expected,
    eventsOf(command),
  );
  crash.reach('after-append');
  return { version, position };
};

const status = async (roles: readonly RunningRole[]) => {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  // What came off a socket may be held as the buffer it came in, beside the heap.
  const heap = heapUsed + external;
  const told = await Promise.all(roles.map((role) => role.status()));
  return told.reduce<{ heap: number; rss: number }>((all, one) => ({ ...all, ...one }), { heap, rss });
};

const replay = async (roles: readonly RunningRole[], key: string): Promise<Replayed> => {
  for (const role of roles) if (role.replay) return role.replay(key);
  throw new Error('No role of this copy has parked messages');
};

const build = async (roles: readonly RunningRole[], order: BuildOrder): Promise<BuildOrder> => {
  for (const role of roles) await role.build?.(order);
  return order;
};

const failure = (error: unknown): { name: string; message: string; actual?: number } => {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const actual = error instanceof Error && 'actual' in error ? Number(error.actual) : undefined;
  return { name, message, ...(actual === undefined ? {} : { actual }) };
};

const start = async (): Promise<void> => {
  const settings = JSON.parse(process.argv[2] ?? '{}') as CopySettings;
  skewProcess(settings.skew_ms ?? 0);
  const crash = new CrashPoints(settings.crashAt);
  const { callTimeout_ms: callTimeoutMs = 5_000 } = settings;
  const clock = new SkewedClock(0);
  const store = openPostgresEventStore({ scope, schema: storeSchema, clock, connectionString: settings.url, callTimeoutMs });
  const bus = crash.around(openBus(settings.bus, `torture-${process.pid}`, callTimeoutMs), settings.twice);
  const complain = (error: unknown): void => say({ trouble: String(error) });
  const surroundings: Surroundings = { settings, store, bus, crash, complain };
  const makers: Readonly<Record<Role, () => Promise<RunningRole> | RunningRole>> = {
    writer: () => ({ status: async () => ({}), stop: async () => undefined }),
    relay: () => runRelay(surroundings),
    consumer: () => runConsumer(surroundings),
    projection: async () => (await import('./projection-role.js')).runProjection(surroundings),
  };
  const roles = await Promise.all(settings.roles.map((role) => makers[role]()));
  process.on('message', (message: ToCopy) => {
    const { call } = message;
    const answer = async (): Promise<FromCopy> => {
      if ('append' in message) return { call, appended: await append(store, crash, message.append, message.expected) };
      if ('replay' in message) return { call, replayed: await replay(roles, message.replay) };
      if ('build' in message) return { call, ordered: await build(roles, message.build) };
      return { call, status: await status(roles) };
    };
    void answer().catch((error: unknown): FromCopy => ({ call, failed: failure(error) })).then(say);
  });
  say({ started: true });
};

await start();
