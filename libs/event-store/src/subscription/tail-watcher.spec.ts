import { setTimeout as delay } from 'node:timers/promises';

import { describe, expect, test } from '@jest/globals';

import { until } from '../testing/index.js';
import { TailWatcher } from './tail-watcher.js';

const watcherOf = (settings: { pollIntervalMs: number; idleIntervalMsMax: number }) => {
  const state = { head: 0, looks: 0, fails: false };
  const watcher = new TailWatcher({
    ...settings,
    head: async () => {
      state.looks += 1;
      if (state.fails) throw new Error('away');
      return String(state.head);
    },
    compare: (left, right) => Number(left) - Number(right),
  });
  return { state, watcher };
};

describe('the watcher of the end of a store', () => {
  const never = new AbortController().signal;

  test('looks for all that wait with one query', async () => {
    const { state, watcher } = watcherOf({ pollIntervalMs: 1, idleIntervalMsMax: 1 });
    const waiting = Promise.all(Array.from({ length: 50 }, () => watcher.waitBeyond('0', never)));
    await until('ten looks', () => state.looks >= 10);

    state.head = 1;
    const looks = state.looks;
    await waiting;

    expect(state.looks).toBeLessThanOrEqual(looks + 1);
  });

  test('does not look while nobody waits', async () => {
    const { state, watcher } = watcherOf({ pollIntervalMs: 1, idleIntervalMsMax: 1 });
    state.head = 1;
    await watcher.waitBeyond('0', never);
    const looks = state.looks;

    await delay(20);

    expect(state.looks).toBe(looks);
  });

  test('looks less and less often while nothing comes', async () => {
    const { state, watcher } = watcherOf({ pollIntervalMs: 2, idleIntervalMsMax: 1_000 });
    const stop = new AbortController();
    const waiting = watcher.waitBeyond('0', stop.signal);

    await delay(200);

    expect(state.looks).toBeLessThan(15);
    stop.abort();
    await waiting;
  });

  test('is told of a commit in this process at once', async () => {
    const { watcher } = watcherOf({ pollIntervalMs: 60_000, idleIntervalMsMax: 60_000 });
    const waiting = watcher.waitBeyond('0', never);

    watcher.committed();

    await expect(waiting).resolves.toBe(true);
  });

  test('a commit between the read and the wait is not missed', async () => {
    const { state, watcher } = watcherOf({ pollIntervalMs: 60_000, idleIntervalMsMax: 60_000 });

    state.head = 1;
    watcher.committed();

    await expect(watcher.waitBeyond('0', never)).resolves.toBe(false);
  });

  test('lets go of those that wait when it cannot look, so that they meet the error themselves', async () => {
    const { state, watcher } = watcherOf({ pollIntervalMs: 1, idleIntervalMsMax: 1 });
    state.fails = true;
    await expect(watcher.waitBeyond('0', never)).resolves.toBe(false);
  });

  test('lets go of one that stops, and does not even begin with one that has stopped', async () => {
    const { watcher } = watcherOf({ pollIntervalMs: 60_000, idleIntervalMsMax: 60_000 });
    const stop = new AbortController();
    const waiting = watcher.waitBeyond('0', stop.signal);
    stop.abort();
    await expect(waiting).resolves.toBe(false);
    await expect(watcher.waitBeyond('0', stop.signal)).resolves.toBe(false);
    watcher.committed();
  });
});
