import { spawn } from 'node:child_process';

/** Ends the watch without touching the process. */
export type Release = () => void;

/**
 * Kills the process when this one ends without having released it, however it ends: a shell reads from a pipe whose other
 * end only this process holds. A Jest run that is killed so leaves no broker behind.
 */
export const killWithUs = (pid: number): Release => {
  const shell = spawn('/bin/sh', ['-c', 'read -r word; [ "$word" = released ] || kill -KILL "$0"', String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  shell.unref();
  // The pipe is a socket to Node, and keeps no test run alive.
  (shell.stdin as unknown as { unref?: () => void }).unref?.();
  return () => void shell.stdin.end('released\n');
};
