#!/usr/bin/env node
// Starts and stops Kafka for this machine. The built code stands in dist/, which `npm ci` makes; a clone that was never built is told so.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const built = new URL('../dist/cli/main.js', import.meta.url);
if (!existsSync(fileURLToPath(built))) {
  console.error('The engines are not built yet. Run: npm ci   (or: npm run build)');
  process.exit(1);
}
await import(built.href);
