// Outlives a Jest run that was killed: when the run's end of the pipe closes, the server is ended and its folder removed.
// Usage: node guardian.js <pid of the postmaster> <folder>
import { existsSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const [pid, folder] = [Number(process.argv[2]), process.argv[3]];
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

for await (const chunk of process.stdin) void chunk;

// A run that ended well has removed the folder itself, and the pid may by then be another's.
if (existsSync(folder)) {
  const signal = (name) => {
    try {
      process.kill(pid, name);
      return true;
    } catch {
      return false;
    }
  };
  signal('SIGQUIT');
  for (let waited = 0; waited < 100 && signal(0); waited += 1) await sleep(100);
  rmSync(folder, { recursive: true, force: true });
}
