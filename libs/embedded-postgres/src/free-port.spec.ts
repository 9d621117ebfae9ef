import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { freePort, isFree } from './free-port.js';

describe('a free port', () => {
  test('is the preferred one while nobody has it, else another', async () => {
    const preferred = await freePort();
    expect(await freePort(preferred)).toBe(preferred);
    const holder = createServer().listen(preferred, '127.0.0.1');
    await once(holder, 'listening');
    try {
      expect(await isFree(preferred)).toBe(false);
      expect(await freePort(preferred)).not.toBe(preferred);
    } finally {
      holder.close();
    }
  });

  test('is none that a connection going out may be given', async () => {
    const outgoing = { linux: 32_768, macOsAndWindows: 49_152 };
    for (let look = 0; look < 50; look += 1) expect(await freePort()).toBeLessThan(Math.min(...Object.values(outgoing)));
  });
});
