// Outlives a Jest run that was killed: when the run's end of the pipe closes, all servers in its folder are ended and the
// folder is removed. Usage: node guardian.js <folder of the run>
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const run = process.argv[2] ?? '';
const levelsMax = 3;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

for await (const chunk of process.stdin) void chunk;

const entries = (folder) => {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
};

/** The `postmaster.pid` files in `pg18` folders; a test may have its data some levels down. */
const pidFiles = (folder, levels = levelsMax) =>
  entries(folder)
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      if (name !== 'pg18') return levels > 0 ? pidFiles(join(folder, name), levels - 1) : [];
      const file = join(folder, name, 'postmaster.pid');
      return existsSync(file) ? [file] : [];
    });

/** False once no such process is left. */
const endServer = (pidFile) => {
  try {
    return process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGQUIT');
  } catch {
    return false;
  }
};

const remove = () => {
  try {
    rmSync(run, { recursive: true, force: true, maxRetries: 5 });
  } catch {
    // Something the run left behind, such as an initdb, is still writing here: looked at again.
  }
};

// Gone is gone after two seconds: what the run left behind may first make its folder anew.
for (let attempt = 0, goneFor = 0; attempt < 300 && goneFor < 20; attempt += 1) {
  goneFor = existsSync(run) ? 0 : goneFor + 1;
  if (goneFor === 0 && pidFiles(run).filter(endServer).length === 0) remove();
  await sleep(100);
}
