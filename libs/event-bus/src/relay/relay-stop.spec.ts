import { InMemoryEventLog, InMemoryEventStore, SystemClock } from '@cairn/event-store';
import { expect, test } from '@jest/globals';
import { InMemoryEventBus } from '../in-memory/in-memory-event-bus.js';
import { eventually } from '../testing/eventually.js';
import { newEvent } from '../testing/events.js';
import { startRelay } from './start-relay.js';

/** As of a broker that is frozen: no call of it ends. */
class FrozenBus extends InMemoryEventBus {
  asked = 0;
  override publish = (): Promise<void> => this.never();
  override publishWatermark = (): Promise<void> => this.never();
  private never(): Promise<void> {
    this.asked += 1;
    return new Promise(() => undefined);
  }
}

test.each(['public', 'private'])('a relay stops within seconds while a %s event waits for a bus that does not answer, and gives no turn back', async (kind) => {
  const bus = new FrozenBus();
  const store = new InMemoryEventStore({ scope: 'plans', clock: new SystemClock(), log: new InMemoryEventLog() });
  let turnsEnded = 0;
  const relay = startRelay({
    store,
    bus,
    topic: 'topic',
    partitions: 1,
    checkpoint: { load: async () => undefined, save: async () => undefined, endTurn: async () => void (turnsEnded += 1) },
    toMessage: ({ stream }) => (kind === 'public' ? { key: stream, headers: {}, value: '{}' } : undefined),
  });
  await store.append('plans.adoption-1', 'no-stream', [newEvent()]);
  await eventually('it is being published', () => bus.asked > 0);
  const since = performance.now();
  await relay.stop();
  expect(performance.now() - since).toBeLessThan(2_500);
  expect(turnsEnded).toBe(0);
}, 15_000);
