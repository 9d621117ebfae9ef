import { InMemoryEventLog, InMemoryEventStore, SystemClock } from '@cairn/event-store';
import type { EventStore } from '@cairn/event-store';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { IncomingMessage } from '../event-bus.js';
import { TopicTakenError } from '../event-bus.js';
import type { RelayCheckpoint } from '../relay/relay-checkpoint.js';
import type { Relay } from '../relay/start-relay.js';
import { startRelay } from '../relay/start-relay.js';
import { eventually } from '../testing/eventually.js';
import { newEvent } from '../testing/events.js';
import { Ledger } from '../testing/ledger.js';
import { kafkaFixture } from './testing/kafka-fixture.js';

/** What an installation keeps in its database: a position for each record, and its name. */
class Installation {
  private readonly positions = new Map<string, string>();

  constructor(readonly name: string) {}

  checkpoint(store: EventStore): RelayCheckpoint {
    return {
      publisherId: async () => this.name,
      load: async () => this.positions.get(await store.storeId()),
      save: async (position) => void this.positions.set(await store.storeId(), position),
    };
  }
}

describe('two records on one prefix of topics', () => {
  const kafka = kafkaFixture();
  const relays: Relay[] = [];

  const record = async (name: string): Promise<EventStore> => {
    const store = new InMemoryEventStore({ scope: name, clock: new SystemClock(), log: new InMemoryEventLog() });
    for (let at = 0; at < 3; at += 1) await store.append(`${name}.adoption-1`, at === 0 ? 'no-stream' : at, [newEvent()]);
    return store;
  };

  /** Each over a bus of its own, as another process has. */
  const publish = (store: EventStore, installation: Installation): Relay => {
    const [bus, checkpoint] = [kafka().open(), installation.checkpoint(store)];
    const toMessage = ({ stream }: { stream: string }) => ({ key: stream, headers: {}, value: '{}' });
    const relay = startRelay({ store, bus, checkpoint, topic: 'topic', partitions: 2, toMessage });
    relays.push(relay);
    return relay;
  };

  const isRefused = ({ lastError }: Relay): boolean => lastError instanceof TopicTakenError;
  const hasPublished = (relay: Relay) => async (): Promise<boolean> => (await relay.lag()).caughtUp;

  const onTheTopic = async (): Promise<readonly IncomingMessage[]> => {
    const [bus, ledger] = [kafka().open(), new Ledger()];
    const consumption = await kafka().join(bus, ledger);
    await eventually('all was read', async () => {
      const ends = await bus.ends('topic');
      const read = await Promise.all(ends.map((_, partition) => ledger.checkpoint('topic', partition)));
      return ends.every((end, partition) => BigInt(end) === BigInt(read[partition] ?? -1) + 1n);
    });
    await consumption.stop();
    return ledger.events;
  };

  afterEach(() => Promise.all(relays.splice(0).map((relay) => relay.stop())));

  test('the second is refused before anything of it is out', async () => {
    const first = publish(await record('north'), new Installation('north'));
    await eventually('the first is published', hasPublished(first));
    await first.stop();
    const before = await kafka().open().ends('topic');
    const second = publish(await record('south'), new Installation('south'));
    await eventually('it is refused', () => isRefused(second));
    await second.stop();
    expect(await kafka().open().ends('topic')).toEqual(before);
    expect(new Set((await onTheTopic()).map(({ scope }) => scope))).toEqual(new Set(['north']));
  });

  test('of two that begin at once one publishes', async () => {
    const both = [publish(await record('north'), new Installation('north')), publish(await record('south'), new Installation('south'))];
    await eventually('one is refused', () => both.some(isRefused));
    const winner = both.find((relay) => !isRefused(relay));
    if (winner === undefined) throw new Error('Both were refused');
    await eventually('the other one is published', hasPublished(winner));
    expect(new Set((await onTheTopic()).map(({ scope }) => scope)).size).toBe(1);
  });

  test('a record that was moved goes on, and so does one whose checkpoints were made anew', async () => {
    const installation = new Installation('north');
    const [before, after] = [await record('north'), await record('north')];
    const first = publish(before, installation);
    await eventually('it is published', hasPublished(first));
    await first.stop();
    const moved = publish(after, installation);
    await eventually('the moved record is published', hasPublished(moved));
    await moved.stop();
    const anew = publish(after, new Installation('north, made anew'));
    await eventually('it is published once more', hasPublished(anew));
    expect(await onTheTopic()).toHaveLength(9);
    const left = publish(before, new Installation('a copy of what was left behind'));
    await eventually('the record that was left is refused', () => isRefused(left));
  });

  test('fences go on growing between the claims, and the log keeps its name', async () => {
    const bus = kafka().open();
    await bus.ensureTopic('topic', { partitions: 1 });
    const [id, fences] = [await bus.logId(), [] as number[]];
    for (const turn of [1, 2]) {
      await kafka().open().claimTopic(`topic-${turn}`, { recordId: 'r' });
      await bus.publish('topic', [{ id: `m-${turn}`, key: 'k', headers: {}, value: '{}', scope: 's', sourcePosition: '1' }]);
      const member = await bus.consume({
        group: 'g',
        topics: ['topic'],
        checkpoint: async () => undefined,
        handle: async ({ fence }) => void fences.push(fence),
      });
      await eventually('it has a fence', () => fences.length >= turn);
      await member.stop();
    }
    expect(fences.at(-1)).toBeGreaterThan(fences[0] ?? Infinity);
    expect(await kafka().open().logId()).toBe(id);
  });
});
