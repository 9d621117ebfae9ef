import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeProject, composeRuns, startWithCompose, stopWithCompose } from './compose.js';

// A stand-in for `docker`: it writes down what it was told. What Docker does with that is not tested here.
let dir: string;
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cairn-compose-'));
  env = { PATH: dir };
});

afterEach(() => rm(dir, { recursive: true }));

const plant = async (script: string): Promise<void> => {
  await writeFile(join(dir, 'docker'), `#!/bin/sh\necho "$CAIRN_KAFKA_PORT $CAIRN_EVENTSTOREDB_PORT $*" >> '${join(dir, 'told')}'\n${script}\n`);
  await chmod(join(dir, 'docker'), 0o755);
};

const told = async (): Promise<string[]> => (await readFile(join(dir, 'told'), 'utf8')).trim().split('\n');

describe('Docker Compose', () => {
  test.each([
    ['answers both questions', 'exit 0', true],
    ['has no engine', '[ "$1" != info ]', false],
    ['knows no Compose', '[ "$1" != compose ]', false],
  ])('is taken when the client %s', async (_what, script, expected) => {
    await plant(script);
    expect(await composeRuns(env)).toBe(expected);
  });

  test('is not taken without a client', async () => {
    expect(await composeRuns(env)).toBe(false);
  });

  test('starts the two engines on ports of their own, in a project of the folder, and ends that one', async () => {
    await plant('exit 0');
    const noted: unknown[] = [];
    const state = await startWithCompose('/some/folder', async (starting) => void noted.push(starting, existsSync(join(dir, 'told'))), env);
    expect(noted).toEqual([state, false]);
    await stopWithCompose(state, env);
    const [up = '', down = ''] = await told();
    const [kafka, eventStore] = up.split(' ');
    expect(state).toMatchObject({ brokers: [`127.0.0.1:${String(kafka)}`], eventStoreUrl: `esdb://127.0.0.1:${String(eventStore)}?tls=false` });
    expect(up).toMatch(/--project-name cairn-engines-[0-9a-f]{8} up --detach --wait --wait-timeout 180 kafka eventstoredb$/);
    expect(down).toContain(`--project-name ${composeProject('/some/folder')} down`);
    expect(composeProject('/other')).not.toBe(composeProject('/some/folder'));
  });

  test('says what Docker said when it fails, and leaves nothing that would come back with the machine', async () => {
    await plant('case "$*" in *" up "*) echo no space left on device >&2; exit 1;; esac');
    await expect(startWithCompose('/some/folder', async () => undefined, env)).rejects.toThrow('no space left on device');
    expect((await told()).at(-1)).toContain(`--project-name ${composeProject('/some/folder')} down`);
  });
});
