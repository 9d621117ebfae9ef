import { setImmediate } from 'node:timers/promises';
import { InMemoryEventLog, InMemoryEventStore, SystemClock } from '@cairn/event-store';
import type { RecordedEvent } from '@cairn/event-store';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { EventBus } from '../event-bus.js';
import { EventBusUnavailableError } from '../event-bus.js';
import { InMemoryBroker } from '../in-memory/in-memory-broker.js';
import { InMemoryEventBus } from '../in-memory/in-memory-event-bus.js';
import { eventually } from '../testing/eventually.js';
import { newEvent } from '../testing/events.js';
import { Ledger } from '../testing/ledger.js';
import { tellOfWaiting } from './local-relays.js';
import type { RelayCheckpoint } from './relay-checkpoint.js';
import type { Relay, RelayOptions } from './start-relay.js';
import { startRelay } from './start-relay.js';

/** A bus that can be taken away, and given back. */
class FragileBus extends InMemoryEventBus {
  away = false;

  override async publish(...call: Parameters<EventBus['publish']>): Promise<void> {
    this.check();
    await super.publish(...call);
  }

  override async publishWatermark(...call: Parameters<EventBus['publishWatermark']>): Promise<void> {
    this.check();
    await super.publishWatermark(...call);
  }

  private check(): void {
    if (this.away) throw new EventBusUnavailableError('away');
  }
}

class MemoryCheckpoint implements RelayCheckpoint {
  position: string | undefined;
  failSaves = 0;
  load = async (): Promise<string | undefined> => this.position;
  save = async (position: string): Promise<void> => {
    if (this.failSaves > 0) {
      this.failSaves -= 1;
      throw new Error('killed before the checkpoint');
    }
    this.position = position;
  };
}

const toMessage = (event: RecordedEvent) =>
  event.type.startsWith('Private') ? undefined : { key: event.stream, headers: { type: event.type }, value: '{}' };

describe('a relay', () => {
  let log: InMemoryEventLog;
  let store: InMemoryEventStore;
  let bus: FragileBus;
  let checkpoint: MemoryCheckpoint;
  let ledger: Ledger;
  const relays: Relay[] = [];
  const versions = new Map<string, number>();

  const start = (options: Partial<RelayOptions> = {}): Relay => {
    const relay = startRelay({ store, bus, topic: 'topic', partitions: 3, toMessage, checkpoint, ...options });
    relays.push(relay);
    return relay;
  };

  const append = async (id: string, types: readonly string[]): Promise<readonly RecordedEvent[]> => {
    const stream = `plans.adoption-${id}`;
    const version = versions.get(stream) ?? 0;
    const events = types.map((type) => newEvent({ type }));
    const appended = await store.append(stream, version === 0 ? 'no-stream' : version, events);
    versions.set(stream, appended.version);
    return appended.events;
  };

  const read = async (): Promise<void> => {
    await bus.ensureTopic('topic', { partitions: 3 });
    await bus.consume({ group: 'g', topics: ['topic'], checkpoint: ledger.checkpoint, handle: ledger.handle });
  };

  /** By a mark, or by the event itself. */
  const markedEverywhere = (position: string): boolean => {
    const said = [...ledger.watermarks, ...ledger.events.map((event) => ({ ...event, position: event.sourcePosition }))];
    return [0, 1, 2].every((partition) => said.some((one) => one.partition === partition && one.position === position));
  };

  beforeEach(() => {
    log = new InMemoryEventLog();
    store = new InMemoryEventStore({ scope: 'plans', clock: new SystemClock(), log });
    bus = new FragileBus(new InMemoryBroker());
    checkpoint = new MemoryCheckpoint();
    ledger = new Ledger();
    versions.clear();
  });

  afterEach(async () => {
    await Promise.all(relays.splice(0).map((relay) => relay.stop()));
    await bus.close();
    await store.close();
  });

  test('publishes public events in store order, and passes over private ones with a watermark', async () => {
    const before = await append('a', ['StageAdvanced', 'PrivateNote']);
    const relay = start();
    await read();
    const after = [...(await append('b', ['StageAdvanced', 'StageAdvanced'])), ...(await append('a', ['PrivateNote']))];
    await eventually('everything is out, and it knows', () => markedEverywhere('5') && relay.publishedUpTo === '5');
    const [first] = before;
    expect(ledger.events[0]).toMatchObject({
      id: first?.id,
      key: 'plans.adoption-a',
      headers: { type: 'StageAdvanced' },
      scope: 'plans',
      sourcePosition: '1',
    });
    expect(ledger.idsOf('plans.adoption-b')).toEqual(after.slice(0, 2).map(({ id }) => id));
    expect(ledger.events).toHaveLength(3);
    expect(await relay.lag()).toEqual({ publishedUpTo: '5', head: '5', caughtUp: true, behindMs: 0 });
  });

  test('killed after the append, before the publish: the next one publishes', async () => {
    const events = await append('a', ['StageAdvanced']);
    await read();
    start();
    await eventually('it is out', () => ledger.events.length === 1);
    expect(ledger.ids()).toEqual(events.map(({ id }) => id));
  });

  test('killed after the publish, before the checkpoint: duplicates only, in order', async () => {
    const events = await append('a', Array.from({ length: 20 }, () => 'StageAdvanced'));
    checkpoint.failSaves = Infinity;
    await read();
    const killed = start();
    await eventually('all of it was delivered', () => ledger.events.length === 20);
    await killed.stop();
    checkpoint.failSaves = 0;
    start();
    await eventually('the mark is out, and the last publish is kept', () => markedEverywhere('20') && checkpoint.position === '20');
    await eventually('all of it was delivered again', () => ledger.events.length >= 40);
    const ids = events.map(({ id }) => id);
    expect(ledger.ids()).toEqual([...ids, ...ids]);
  });

  test('a checkpoint that could not be saved is saved later, and nothing goes out again for it', async () => {
    const events = await append('a', Array.from({ length: 20 }, () => 'StageAdvanced'));
    checkpoint.failSaves = 2;
    const errors: unknown[] = [];
    start({ onError: (error) => errors.push(error) });
    await read();
    await eventually('the last publish is kept', () => checkpoint.position === '20');
    const later = await append('b', ['StageAdvanced']);
    await eventually('what is later was delivered', () => ledger.events.length >= 21);
    expect(ledger.ids()).toEqual([...events, ...later].map(({ id }) => id));
    expect(errors).toHaveLength(2);
  });

  test('publishes no more while its place cannot be kept', async () => {
    const first = await append('a', ['StageAdvanced']);
    checkpoint.failSaves = Infinity;
    const errors: unknown[] = [];
    start({ onError: (error) => errors.push(error) });
    await read();
    await eventually('its place was not kept', () => errors.length > 0);
    const second = await append('b', ['StageAdvanced']);
    await eventually('nor at the next attempts', () => errors.length > 3);
    expect(ledger.ids()).toEqual(first.map(({ id }) => id));
    checkpoint.failSaves = 0;
    await eventually('the rest is out', () => ledger.events.length === 2);
    expect(ledger.ids()).toEqual([...first, ...second].map(({ id }) => id));
  });

  test('keeps its place again when the database has forgotten it, and does not stay behind', async () => {
    let isAway = false;
    const { load, save } = checkpoint;
    const takeTurn = (): Promise<boolean> => (isAway ? Promise.reject(new Error('away')) : Promise.resolve(true));
    const errors: unknown[] = [];
    const relay = start({ leaseMs: 40, checkpoint: { load, save, takeTurn }, onError: (error) => errors.push(error) });
    await append('a', ['StageAdvanced']);
    await eventually('its place is kept', () => checkpoint.position === '1');
    checkpoint.position = undefined;
    isAway = true;
    await eventually('the failure is seen', () => errors.length > 0);
    isAway = false;
    await eventually('its place is kept again', () => checkpoint.position === '1');
    await eventually('the failure is forgotten', () => relay.lastError === undefined);
  });

  test('does not take what was kept of an earlier batch for the end of a failure', async () => {
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const { load, save } = checkpoint;
    const relay = start({ checkpoint: { load, save: (position) => held.then(() => save(position)) } });
    await append('a', ['StageAdvanced']);
    await read();
    await eventually('the first is out', () => ledger.events.length === 1);
    bus.away = true;
    await append('a', ['StageAdvanced']);
    await eventually('the second fails', () => relay.lastError instanceof EventBusUnavailableError);
    goOn();
    await eventually('the place of the first is kept', () => relay.publishedUpTo === '1');
    expect(relay.lastError).toBeInstanceOf(EventBusUnavailableError);
  });

  test('moves its checkpoint after the bus has acknowledged, never before', async () => {
    let acknowledge = (): void => undefined;
    const acknowledged = new Promise<void>((resolve) => (acknowledge = resolve));
    const published = jest.spyOn(bus, 'publish').mockImplementation(() => acknowledged);
    const saved = jest.spyOn(checkpoint, 'save');
    await append('a', ['StageAdvanced']);
    const relay = start();
    await eventually('it publishes', () => published.mock.calls.length === 1);
    expect(saved).not.toHaveBeenCalled();
    expect(relay.publishedUpTo).toBeUndefined();
    acknowledge();
    await eventually('it has moved', () => checkpoint.position === '1');
  });

  test('goes on where the last one ended, and says its watermark again', async () => {
    await append('a', ['StageAdvanced']);
    const first = start();
    await eventually('it is out', () => first.publishedUpTo === '1');
    await first.stop();
    await append('a', ['StageAdvanced']);
    await read();
    start();
    await eventually('all is out', () => markedEverywhere('2'));
    expect(ledger.events.map(({ sourcePosition }) => sourcePosition)).toEqual(['1', '2']);

    const again = new Ledger();
    bus.away = true;
    await relays.at(-1)?.stop();
    bus.away = false;
    await bus.consume({
      group: 'again',
      topics: ['topic'],
      checkpoint: again.checkpoint,
      handle: again.handle,
    });
    await eventually('the log is read', () => again.events.length === 2);
    const marks = ledger.watermarks.length;
    start();
    await eventually('the mark is said again', () => ledger.watermarks.length === marks + 3);
  });

  test('a bus that is away holds it up and nothing else, and the lag is seen until it is gone', async () => {
    await read();
    const relay = start();
    await eventually('it publishes', () => relay.publishing);
    bus.away = true;
    const sent: string[] = [];
    for (let at = 0; at < 50; at += 1) sent.push(...(await append('a', ['StageAdvanced'])).map(({ id }) => id));
    await eventually('the failure is seen', () => relay.lastError instanceof EventBusUnavailableError);
    const lag = await relay.lag(Date.now() + 5_000);
    expect(lag).toMatchObject({ head: '50', caughtUp: false });
    expect(lag.behindMs).toBeGreaterThanOrEqual(5_000);
    bus.away = false;
    await eventually('all is out', () => markedEverywhere('50'));
    // Readers have it from the bus before the relay has its answer.
    await eventually('it knows that all is out', async () => relay.publishedUpTo === '50' && (await relay.lag()).caughtUp);
    expect([...new Set(ledger.ids())]).toEqual(sent);
    expect(relay.lastError).toBeUndefined();
  });

  test('forgets a failure that has passed, also when nothing is published after it', async () => {
    const relay = start({ leaseMs: 40 });
    await append('a', ['StageAdvanced']);
    await eventually('it is out', () => relay.publishedUpTo === '1');
    bus.away = true;
    await append('a', ['PrivateNote']);
    await eventually('the failure is seen', () => relay.lastError !== undefined);
    bus.away = false;
    await eventually('it is forgotten', () => relay.lastError === undefined);
  });

  test('says fewer watermarks than there are events while it is busy, and the last one always', async () => {
    await read();
    const relay = start({ watermarkIntervalMs: 1_000, publishIntervalMs: 1 });
    await eventually('it publishes', () => relay.publishing);
    for (let at = 1; at <= 300; at += 1) {
      await append('a', ['PrivateNote']);
      await eventually('it was looked at', () => relay.publishedUpTo === String(at));
    }
    await eventually('the last mark is out', () => markedEverywhere('300'));
    expect(ledger.watermarks.length).toBeLessThan(300);
  });

  test('says in the call that publishes events that all is out, also where a private one is the last', async () => {
    const marking = jest.spyOn(bus, 'publishWatermark');
    const publishing = jest.spyOn(bus, 'publish');
    await read();
    await append('a', ['StageAdvanced', 'StageAdvanced', 'PrivateNote']);
    start();
    await eventually('all is out', () => markedEverywhere('3'));
    expect(ledger.events).toHaveLength(2);
    await append('b', ['StageAdvanced']);
    await eventually('this is out, too', () => markedEverywhere('4'));
    expect(ledger.watermarks.map(({ position }) => position).sort()).toEqual(['3', '3', '3', '4', '4']);
    expect(publishing).toHaveBeenCalledTimes(2);
    expect(marking).not.toHaveBeenCalled();
  });

  test('publishes together what comes soon after a batch, and what comes after a pause at once', async () => {
    const publishing = jest.spyOn(bus, 'publish');
    start({ publishIntervalMs: 1_000 });
    await append('a', ['StageAdvanced']);
    await eventually('the first is out', () => publishing.mock.calls.length === 1);
    for (const id of ['b', 'c', 'd']) await append(id, ['StageAdvanced']);
    await eventually('the others are out', () => checkpoint.position === '4');
    expect(publishing.mock.calls.map(([, messages]) => messages.length)).toEqual([1, 3]);
  });

  test('keeps nothing back that somebody in this process waits for, unless one was hurried for a moment ago', async () => {
    const publishing = jest.spyOn(bus, 'publish');
    start({ publishIntervalMs: 600_000, hurryIntervalMs: 600_000 });
    await append('a', ['StageAdvanced']);
    await eventually('the first is out', () => publishing.mock.calls.length === 1);
    await append('b', ['StageAdvanced', 'StageAdvanced']);
    tellOfWaiting('others', '2');
    tellOfWaiting('plans', '1');
    const turns = async (): Promise<void> => {
      for (let turn = 0; turn < 50; turn += 1) await setImmediate();
    };
    await turns();
    expect(publishing.mock.calls).toHaveLength(1);
    tellOfWaiting('plans', '2');
    await eventually('what is waited for is out, with what is there', () => publishing.mock.calls.length === 2);
    await append('c', ['StageAdvanced']);
    tellOfWaiting('plans', '4');
    await turns();
    expect(publishing.mock.calls.map(([, messages]) => messages.length)).toEqual([1, 2]);
  });

  test('does not keep back what somebody has waited for while a batch was on its way', async () => {
    const acknowledge: (() => void)[] = [];
    const publishing = jest.spyOn(bus, 'publish').mockImplementation(() => new Promise((resolve) => acknowledge.push(resolve)));
    start({ publishIntervalMs: 600_000 });
    await append('a', ['StageAdvanced']);
    await eventually('the first is on its way', () => publishing.mock.calls.length === 1);
    await append('a', ['StageAdvanced']);
    tellOfWaiting('plans', '2');
    tellOfWaiting('plans', '1');
    acknowledge[0]?.();
    await eventually('the second is on its way', () => publishing.mock.calls.length === 2);
    acknowledge[1]?.();
  });

  test('waits for nothing more behind full batches, nor when it is stopped', async () => {
    const relay = start({ publishIntervalMs: 600_000, batchEventsMax: 2 });
    await append('a', ['StageAdvanced', 'StageAdvanced', 'StageAdvanced', 'StageAdvanced', 'StageAdvanced']);
    await eventually('all is out', () => relay.publishedUpTo === '5');
    await relay.stop();
  });

  test('owes no watermark any more once a later event has said it', async () => {
    let kept = (): Promise<boolean> => Promise.resolve(true);
    const { load, save } = checkpoint;
    const errors: string[] = [];
    const onError = (error: unknown): number => errors.push(String(error));
    const relay = start({ leaseMs: 40, checkpoint: { load, save, takeTurn: () => kept() }, onError });
    jest.spyOn(bus, 'publishWatermark').mockRejectedValue(new Error('no mark by itself'));
    await append('a', ['PrivateNote']);
    await eventually('the failure is seen', () => String(relay.lastError).includes('no mark'));
    await append('a', ['StageAdvanced']);
    await eventually('the event is out', () => relay.publishedUpTo === '2' && relay.lastError === undefined);
    kept = () => Promise.reject(new Error('not asked in time'));
    await eventually('another failure is seen', () => errors.some((error) => error.includes('not asked')));
    kept = () => Promise.resolve(true);
    await eventually('it is forgotten', () => relay.lastError === undefined);
  });

  test('says no watermark where the one partition has the last event', async () => {
    await bus.ensureTopic('single', { partitions: 1 });
    await bus.consume({ group: 's', topics: ['single'], checkpoint: ledger.checkpoint, handle: ledger.handle });
    start({ topic: 'single', partitions: 1 });
    await append('a', ['StageAdvanced']);
    await eventually('it is out', () => ledger.events.length === 1);
    await append('a', ['PrivateNote']);
    await eventually('the mark is out', () => ledger.watermarks.length === 1);
    expect(ledger.watermarks[0]?.position).toBe('2');
  });

  test('does not wait in silence behind a checkpoint that the store has not reached', async () => {
    checkpoint.position = '99';
    const relay = start();
    await eventually('it says so', () => String(relay.lastError).includes('beyond the end of the store'));
    expect(relay.publishing).toBe(false);
  });

  test('an event that cannot be turned into a message holds up what follows, and is reported', async () => {
    let broken = true;
    await read();
    const relay = start({
      toMessage: (event) => {
        if (broken && event.type === 'Unknown') throw new Error('no public event for Unknown');
        return toMessage(event);
      },
    });
    const events = [...(await append('a', ['StageAdvanced'])), ...(await append('a', ['Unknown', 'StageAdvanced']))];
    await eventually('it is reported', () => String(relay.lastError).includes('no public event'));
    broken = false;
    await eventually('all is out', () => markedEverywhere('3'));
    expect([...new Set(ledger.ids())]).toEqual(events.map(({ id }) => id));
  });

  test('begins once checkpoint and bus answer, and stops while they do not', async () => {
    let answers = false;
    const load = async (): Promise<string | undefined> => {
      if (!answers) throw new Error('away');
      return undefined;
    };
    const relay = start({ checkpoint: { load, save: checkpoint.save } });
    const stuck = start({ checkpoint: { load: () => Promise.reject(new Error('away')), save: checkpoint.save } });
    await eventually('both have tried', () => relay.lastError !== undefined && stuck.lastError !== undefined);
    await stuck.stop();
    await append('a', ['StageAdvanced']);
    answers = true;
    await read();
    await eventually('it is out', () => ledger.events.length === 1);
  });
});
