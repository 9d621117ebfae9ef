// Sums what `.ci/run` left in a folder: `<name>.check` with an exit code, `<name>.tests` with the exit code of a Jest run and
// `<name>.json` with its report. Prints each failure, and as the last line `N passed, N failed`.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';

const folder = process.argv[2] ?? '.';
const read = (name) => readFileSync(join(folder, name), 'utf8');
let passed = 0;
let tests = 0;
const failures = [];

const report = (name) => {
  try {
    return JSON.parse(read(name));
  } catch {
    return undefined;
  }
};

const addTests = (name, code) => {
  const found = report(`${name}.json`);
  if (!Array.isArray(found?.testResults)) {
    failures.push(`${name}: ended with code ${code} and without a report`);
    return;
  }
  const before = failures.length;
  for (const suite of found.testResults) {
    const file = suite.name.replace(`${process.cwd()}/`, '');
    // A file that could not be run at all holds no tests that could have failed.
    if (suite.status === 'failed' && !suite.assertionResults.some(({ status }) => status === 'failed')) {
      failures.push(`${name}: ${file}\n${suite.message}`);
    }
    for (const { status, fullName, failureMessages } of suite.assertionResults) {
      tests += 1;
      if (status === 'passed') passed += 1;
      else failures.push(`${name}: ${file} › ${fullName} (${status})\n${failureMessages.join('\n')}`);
    }
  }
  // No tests found, a failed set-up or tear-down, a handle that kept Jest alive until its limit.
  if (code !== 0 && failures.length === before) failures.push(`${name}: Jest ended with code ${code} although no test failed`);
  if (found.numTotalTests === 0) failures.push(`${name}: no test ran`);
};

for (const file of readdirSync(folder).sort()) {
  const name = basename(file, extname(file));
  const code = Number(extname(file) === '.json' ? 0 : read(file));
  if (extname(file) === '.tests') addTests(name, code);
  if (extname(file) !== '.check') continue;
  if (code === 0) passed += 1;
  else failures.push(`${name}: ended with code ${code}`);
}
if (tests === 0) failures.push('No test ran at all');

for (const failure of failures) console.log(`FAILED ${failure}\n`);
process.exitCode = failures.length > 0 ? 1 : 0;
console.log(`${passed} passed, ${failures.length} failed`);
