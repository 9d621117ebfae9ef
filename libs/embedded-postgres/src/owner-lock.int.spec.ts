import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AlreadyRunningError } from './errors.js';
import { currentOwner, takeOwnership } from './owner-lock.js';
import { processWith } from './process-identity.js';
import { scratch } from './testing/scratch.js';
import type { Scratch } from './testing/scratch.js';

let folder: Scratch;

beforeEach(async () => {
  folder = await scratch();
});

afterEach(() => folder.remove());

const claims = (): Promise<string[]> => readdir(join(folder.dataDir, 'owner'));

const leaveClaim = async (content: unknown): Promise<void> => {
  await (await takeOwnership(folder.dataDir, 'first')).release();
  await writeFile(join(folder.dataDir, 'owner', 'left.json'), typeof content === 'string' ? content : JSON.stringify(content));
};

describe('the owner lock', () => {
  test('is held by one, who is named to the next with the address it announced, until it is released', async () => {
    const lock = await takeOwnership(folder.dataDir, 'cairn start');
    await expect(takeOwnership(folder.dataDir, 'cairn start')).rejects.toThrow('it has no address yet');

    await lock.announce('http://127.0.0.1:3000');
    const refusal = await takeOwnership(folder.dataDir, 'cairn start').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(AlreadyRunningError);
    expect(refusal).toMatchObject({ pid: process.pid, purpose: 'cairn start', address: 'http://127.0.0.1:3000' });

    await lock.release();
    expect(await currentOwner(folder.dataDir)).toBeUndefined();
    await (await takeOwnership(folder.dataDir, 'cairn start')).release();
    expect(await claims()).toEqual([]);
  });

  test('goes to exactly one of many that want it at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => takeOwnership(folder.dataDir, 'one of many')));

    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await claims()).toHaveLength(1);
  });

  test('of a process that has ended is free', async () => {
    await leaveClaim({ pid: 2 ** 22 + 1, started: 'before', purpose: 'cairn start', state: 'owner' });
    await (await takeOwnership(folder.dataDir, 'next')).release();
  });

  test('of a process whose pid is another process by now is free', async () => {
    await leaveClaim({ pid: process.pid, started: 'before the machine was started', purpose: 'cairn start', state: 'owner' });
    await (await takeOwnership(folder.dataDir, 'next')).release();
  });

  test('of a process that runs, and whose time of start is not known, is held', async () => {
    await leaveClaim({ pid: process.pid, purpose: 'cairn start', state: 'owner' });
    await expect(takeOwnership(folder.dataDir, 'next')).rejects.toBeInstanceOf(AlreadyRunningError);
  });

  test('that somebody else has written over is free', async () => {
    await leaveClaim('');
    await (await takeOwnership(folder.dataDir, 'next')).release();
    await leaveClaim('null');
    await (await takeOwnership(folder.dataDir, 'next')).release();
  });

  test('is refused, not shared, when others claim it for ever', async () => {
    await leaveClaim({ ...(await processWith(process.pid)), purpose: 'slow', state: 'claiming' });
    await expect(takeOwnership(folder.dataDir, 'next')).rejects.toMatchObject({ purpose: 'slow' });
  });
});
