#!/usr/bin/env node
// Faults by chance, again and again: npm run torture -- [--cycles N] [--seed S] [--bus postgres|kafka] [--rows 1,2] [--platform]. Runs what `npm run build` made.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const built = new URL('../dist/run/main.js', import.meta.url);
if (!existsSync(fileURLToPath(built))) {
  console.error('The torture run is not built yet. Run: npm run build');
  process.exit(1);
}
await import(built.href);
