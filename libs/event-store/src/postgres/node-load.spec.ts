import { describe, expect, test } from '@jest/globals';

import { NodeLoad } from './node-load.js';

/** A clock of the event loop that a test moves. */
const eventLoop = () => {
  let [idle, active] = [0, 0];
  const load = new NodeLoad((since) => {
    const passed = { idle: idle - (since?.idle ?? 0), active: active - (since?.active ?? 0) };
    return { idle, active, ...(since && passed), utilization: since ? passed.active / (passed.idle + passed.active) : 0 };
  });
  const pass = (time: { idle: number; active: number }): boolean => {
    idle += time.idle;
    active += time.active;
    return load.isBusy;
  };
  return { load, pass };
};

describe('the load of Node', () => {
  test('is high when it worked for more than a third of the time', () => {
    const { load, pass } = eventLoop();
    expect(load.isBusy).toBe(false);
    expect(pass({ idle: 65, active: 35 })).toBe(true);
    expect(pass({ idle: 67, active: 33 })).toBe(false);
  });

  test('is told by some milliseconds and not by fewer', () => {
    const { pass } = eventLoop();
    expect(pass({ idle: 0, active: 19 })).toBe(false);
    expect(pass({ idle: 0, active: 1 })).toBe(true);
    expect(pass({ idle: 19, active: 0 })).toBe(true);
    expect(pass({ idle: 1, active: 0 })).toBe(false);
  });

  test('is that of this process, unless a test says another', () => {
    const load = new NodeLoad();
    const until = performance.now() + 50;
    while (performance.now() < until);
    expect(load.isBusy).toBe(true);
  });
});
