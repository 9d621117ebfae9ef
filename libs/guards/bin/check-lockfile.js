#!/usr/bin/env node
// Fails when `package-lock.json` lacks binaries of other platforms. Runs before `npm ci`, so it needs nothing but Node.
import { readFileSync } from 'node:fs';
import { missingOptional } from '../src/lockfile/missing-optional.js';

const path = process.argv[2] ?? new URL('../../../package-lock.json', import.meta.url);
const missing = missingOptional(JSON.parse(readFileSync(path, 'utf8')));
for (const entry of missing) console.error(`Not in the lockfile: ${entry}`);
if (missing.length > 0) process.exitCode = 1;
