import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MissingToolError } from '../errors.js';
import { kafkaJars } from '../kafka/kafka-jars.js';
import { findJava, javaMajorVersion } from './find-java.js';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cairn-tools-'));
});

afterEach(() => rm(dir, { recursive: true }));

/** A program of this name on a PATH of its own, in the shell's words. */
const plant = async (name: string, script: string): Promise<NodeJS.ProcessEnv> => {
  await writeFile(join(dir, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(dir, name), 0o755);
  return { PATH: dir };
};

const fetchJars = (env: NodeJS.ProcessEnv, timeout_ms = 10_000): Promise<string> =>
  kafkaJars({ env, timeout_ms, cacheDir: join(dir, 'cache'), onProgress: () => undefined });

describe('what Kafka needs', () => {
  test('is named when there is no Java', async () => {
    await expect(findJava({ PATH: dir })).rejects.toThrow(MissingToolError);
    await expect(findJava({ PATH: dir })).rejects.toThrow(/Java 17.*apt-get install default-jre-headless/);
    await expect(findJava({ PATH: dir, JAVA_HOME: '/nowhere' })).rejects.toThrow('/nowhere/bin/java');
  });

  test('is named when Java is too old', async () => {
    await expect(findJava(await plant('java', `echo 'openjdk version "11.0.2" 2019-01-15' >&2`))).rejects.toThrow('java is Java 11');
  });

  test.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['java version "1.8.0_291"', 8],
    ['openjdk version "25" 2025-09-16', 25],
    ['no Java', undefined],
  ])('is read from %j', (text, version) => {
    expect(javaMajorVersion(text)).toBe(version);
  });

  test('is named when there is no Maven', async () => {
    await expect(fetchJars({ PATH: dir })).rejects.toThrow(/no mvn.*apt-get install maven/);
  });

  test('leaves nothing behind when Maven fails, and shows its last lines', async () => {
    await expect(fetchJars(await plant('mvn', 'echo no route to the repository; exit 1'))).rejects.toThrow('no route to the repository');
    expect(await readdir(join(dir, 'cache'))).toEqual([]);
  });

  test('is given up when Maven does not end', async () => {
    await expect(fetchJars(await plant('mvn', 'while :; do :; done'), 200)).rejects.toThrow('was ended after 200 ms');
    expect(await readdir(join(dir, 'cache'))).toEqual([]);
  });
});
