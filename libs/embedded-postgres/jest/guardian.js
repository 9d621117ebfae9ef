// Outlives a Jest run that was killed: when the run's end of the pipe closes, the server is ended and its folder removed.
// Usage: node guardian.js <data directory>
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const dataDir = process.argv[2] ?? '';
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

for await (const chunk of process.stdin) void chunk;

const pidFile = join(dataDir, 'pg18', 'postmaster.pid');

/** False once no such process is left. */
const endServer = () => {
  try {
    return process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGQUIT');
  } catch {
    return false;
  }
};

// A run that ended well has removed the folder itself, and then there is nothing to do here.
for (let attempt = 0; attempt < 100 && existsSync(dataDir); attempt += 1) {
  if (!existsSync(pidFile) || !endServer()) {
    // An initdb that the run left behind may still be writing here.
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
  await sleep(100);
}
