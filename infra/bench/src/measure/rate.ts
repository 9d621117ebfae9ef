/** Runs the work, which answers how much it did, and answers how much that is in a second. */
export const ratePerSecond = async (work: () => Promise<number>): Promise<number> => {
  const started = performance.now();
  const done = await work();
  return done / ((performance.now() - started) / 1_000);
};
