import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { workspaceRoot } from '../workspace/workspace.js';

const run = promisify(execFile);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-summary-'));
});

afterEach(() => rm(folder, { recursive: true }));

interface Summary {
  readonly code: number;
  readonly lastLine: string | undefined;
  readonly output: string;
}

const summary = async (files: Readonly<Record<string, unknown>>): Promise<Summary> => {
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), typeof content === 'number' ? `${content}\n` : JSON.stringify(content));
  }
  const script = join(workspaceRoot, '.ci', 'summary.js');
  const { code = 0, stdout } = await run(process.execPath, [script, folder]).catch(
    (error: unknown) => error as { code: number; stdout: string },
  ) as { code?: number; stdout: string };
  return { code, output: stdout, lastLine: stdout.trimEnd().split('\n').at(-1) };
};

const suite = (statuses: readonly string[], status = 'passed', message = ''): object => ({
  name: '/clone/one.spec.ts',
  status,
  message,
  assertionResults: statuses.map((result, index) => ({ status: result, fullName: `case ${index}`, failureMessages: [`because ${index}`] })),
});

const report = (...testResults: readonly object[]): object => ({
  numTotalTests: testResults.flatMap((result) => (result as { assertionResults: unknown[] }).assertionResults).length,
  testResults,
});

describe('the total of .ci/run', () => {
  test('adds tests and checks', async () => {
    const all = { 'lint.check': 0, 'typecheck.check': 0, 'test.tests': 0, 'test.json': report(suite(['passed', 'passed']), suite(['passed'])) };
    expect(await summary(all)).toMatchObject({ code: 0, lastLine: '5 passed, 0 failed' });
  });

  test.each([
    ['a test that failed', { 'a.tests': 1, 'a.json': report(suite(['passed', 'failed'], 'failed')) }, '1 passed, 1 failed', 'because 1'],
    ['a test that was left out', { 'a.tests': 0, 'a.json': report(suite(['passed', 'pending'])) }, '1 passed, 1 failed', 'pending'],
    ['a file that does not run', { 'a.tests': 1, 'a.json': report(suite(['passed']), suite([], 'failed', 'no module')) }, '1 passed, 1 failed', 'no module'],
    ['a run that failed after its tests', { 'a.tests': 1, 'a.json': report(suite(['passed'])) }, '1 passed, 1 failed', 'although no test failed'],
    ['a run without a report', { 'a.tests': 124, 'a.json': '', 'b.tests': 0, 'b.json': report(suite(['passed'])) }, '1 passed, 1 failed', 'without a report'],
    ['a run without tests', { 'a.tests': 0, 'a.json': report(), 'b.tests': 0, 'b.json': report(suite(['passed'])) }, '1 passed, 1 failed', 'no test ran'],
    ['a check that failed', { 'lint.check': 1, 'a.tests': 0, 'a.json': report(suite(['passed'])) }, '1 passed, 1 failed', 'lint: ended with code 1'],
    ['no tests at all', { 'lint.check': 0 }, '1 passed, 1 failed', 'No test ran at all'],
    ['nothing at all', {}, '0 passed, 1 failed', 'No test ran at all'],
  ])('goes red with %s', async (_what, files, lastLine, words) => {
    const found = await summary(files);
    expect(found).toMatchObject({ code: 1, lastLine });
    expect(found.output).toContain(words);
  });
});
