/** The value below which the share `quantile` (0 to 1) of the values lies, by the nearest rank. @throws for no values */
export const quantileOf = (values: readonly number[], quantile: number): number => {
  const sorted = [...values].sort((left, right) => left - right);
  const value = sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(quantile * sorted.length) - 1))];
  if (value === undefined) throw new Error('No values to take a quantile of');
  return value;
};

/** The mean of the two in the middle when their number is even. @throws for no values */
export const medianOf = (values: readonly number[]): number => {
  const sorted = [...values].sort((left, right) => left - right);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (upper === undefined || lower === undefined) throw new Error('No values to take a median of');
  return (lower + upper) / 2;
};

/** Upper edges of the classes of `histogramOf`, in milliseconds. */
const edges_ms = [2, 4, 6, 8, 10, 15, 20, 30, 40, 60, 80, 120, 200, 400, 1_000, 5_000];
const barMax = 40;

/** How many durations fall into each class, as lines of text; empty classes at both ends are left out. */
export const histogramOf = (durations_ms: readonly number[]): readonly string[] => {
  const counts = edges_ms.map((edge, at) => {
    const above = edges_ms[at - 1] ?? 0;
    return { edge, count: durations_ms.filter((duration) => duration > above && duration <= edge).length };
  });
  const most = Math.max(1, ...counts.map(({ count }) => count));
  const first = counts.findIndex(({ count }) => count > 0);
  const last = counts.findLastIndex(({ count }) => count > 0);
  return counts.slice(Math.max(first, 0), last + 1).map(({ edge, count }) => {
    const bar = '#'.repeat(Math.ceil((count / most) * barMax));
    return `<= ${String(edge).padStart(5)} ms ${String(count).padStart(6)} ${bar}`.trimEnd();
  });
};
