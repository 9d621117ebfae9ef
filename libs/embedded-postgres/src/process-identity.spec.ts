import { describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pidIsTaken, processWith, stillRuns } from './process-identity.js';

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
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60']);
    try {
      const [line] = (await once(parent.stdout, 'data')) as [Buffer];
      const zombie = Number(String(line));
      const deadline = Date.now() + 10_000;
      while ((await processWith(zombie)) !== undefined && Date.now() < deadline) await new Promise(setImmediate);

      expect(await processWith(zombie)).toBeUndefined();
      expect(pidIsTaken(zombie)).toBe(true);
    } finally {
      parent.kill('SIGKILL');
    }
  });
});
