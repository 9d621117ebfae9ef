/** Loaded into the platform's process by the benchmark of memory: answers over its channel what is in use after a collection. */
export interface MemoryUse {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
}

process.on('message', (asked) => {
  if (asked !== 'memory') return;
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  process.send?.({ rss, heapUsed, external } satisfies MemoryUse);
});
// The channel must not keep a process alive that is told to end.
process.channel?.unref();
