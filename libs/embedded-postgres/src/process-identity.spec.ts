import { describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { pidIsTaken, processWith, stillRuns } from './process-identity.js';
import { untilEnded } from './testing/scratch.js';

describe('the identity of a process', () => {
  test('is its pid with the time of its start, the same each time it is asked', async () => {
    const one = await processWith(process.pid);
    expect(one).toEqual({ pid: process.pid, started: expect.stringMatching(/./) });
    expect(await processWith(process.pid)).toEqual(one);
    expect(await stillRuns({ pid: process.pid, started: one?.started })).toBe(true);
    expect(await stillRuns({ pid: process.pid, started: 'another' })).toBe(false);
  });

  test('ends with the process', async () => {
    const child = spawn('sleep', ['60']);
    const identity = await processWith(child.pid ?? 0);
    expect(identity).toBeDefined();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await processWith(child.pid ?? 0)).toBeUndefined();
  });

  test('ends with the process although its parent never asks after it', async () => {
    // The shell, which would ask after any child, gives way to a program that asks after none; that one says itself
    // that it is there, and only then may the child end, which reads from us.
    const script = 'cat <&3 & echo $!; exec "$0" -e "console.log(\'ready\'); setTimeout(() => {}, 60000)"';
    const parent = spawn('sh', ['-c', script, process.execPath], { stdio: ['ignore', 'pipe', 'ignore', 'pipe'] });
    try {
      const lines = createInterface(parent.stdout as Readable)[Symbol.asyncIterator]();
      const zombie = Number((await lines.next()).value);
      expect((await lines.next()).value).toBe('ready');
      (parent.stdio[3] as Writable).end();
      await untilEnded({ pid: zombie, started: undefined });

      expect(await processWith(zombie)).toBeUndefined();
      expect(pidIsTaken(zombie)).toBe(true);
    } finally {
      parent.kill('SIGKILL');
    }
  });
});
