#!/usr/bin/env node
// Benchmarks beside their references: npm run bench -- [--only NAME] [--rounds N] [--smoke]. Runs what `npm run build` made.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const built = new URL('../dist/main.js', import.meta.url);
if (!existsSync(fileURLToPath(built))) {
  console.error('The benchmarks are not built yet. Run: npm run build');
  process.exit(1);
}
await import(built.href);
