#!/usr/bin/env node
// Starts one service as a process of its own: npm run start:service -- scaling-plan
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const services = new URL('../../../services/', import.meta.url);
const name = process.argv[2] ?? '';
const main = new URL(`${name}/dist/main.js`, services);
if (!/^[a-z-]+$/.test(name) || !existsSync(fileURLToPath(main))) {
  const known = readdirSync(services).filter((folder) => existsSync(fileURLToPath(new URL(`${folder}/dist/main.js`, services))));
  console.error(`Name a service that is built: ${known.join(', ') || 'none is; run npm ci'}`);
  process.exit(2);
}
await import(main.href);
