import { describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { workspaceRoot } from '../workspace/workspace.js';

/** The limit of each step, in minutes. */
const limitsOf = (script: string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...script.matchAll(/\b(?:check|tests) ([\w-]+) (\d+)([ms]) /g)].map(([, name, limit, unit]) => [name, Number(limit) / (unit === 's' ? 60 : 1)]),
  );

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('.ci/run', () => {
  test('gives every step a limit, and all of them together less than an hour', async () => {
    const script = await readFile(join(workspaceRoot, '.ci', 'run'), 'utf8');
    // Its suites run only where someone has given a server; then the hour is theirs to give as well.
    const { 'test-eventstoredb': eventStoreDb, ...limits } = limitsOf(script);
    expect(Object.keys(limits)).toEqual(expect.arrayContaining(['install', 'lint', 'test', 'engines', 'test-kafka', 'test-browser']));
    expect(eventStoreDb).toBeGreaterThan(0);
    expect(sum(Object.values(limits))).toBeLessThan(60);
    const steps = [...script.matchAll(/^\s*(?:if )?(?:check|tests) [a-z]/gm)];
    expect(steps).toHaveLength(Object.keys(limits).length + 1);
  });

  test('requires the suites of Kafka, and says in words when those of EventStoreDB did not run', async () => {
    const script = await readFile(join(workspaceRoot, '.ci', 'run'), 'utf8');
    expect(script).toMatch(/^tests test-kafka \d+m npm run test:kafka /m);
    expect(script).toContain("echo 'NOT RUN: the EventStoreDB suites");
  });

  test('would go red when a step took the hour for itself', () => {
    expect(sum(Object.values(limitsOf('check a 58m true\nif check b 1m true; then\n  tests c 2m jest\nfi\n')))).toBe(61);
  });
});
