import { createHash } from 'node:crypto';

/** Chance that is the same for the same seed: the sample is made of it, never of the machine's. */
export interface Chance {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number;
  happens(probability: number): boolean;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  /** About 0, rarely beyond ±1: the mean of four draws, spread to that range. */
  swing(): number;
}

/** A stream of chance for each list of parts, independent of all others (sfc32 seeded from SHA-256). */
export const chanceOf = (...parts: readonly (string | number)[]): Chance => {
  const seed = createHash('sha256').update(JSON.stringify(parts)).digest();
  let [a, b, c, count] = [seed.readInt32LE(0), seed.readInt32LE(4), seed.readInt32LE(8), 1];
  const next = (): number => {
    const sum = (a + b + count) | 0;
    count = (count + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  const between = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    between,
    happens: (probability) => next() < probability,
    pick: (items) => items[between(0, items.length - 1)] ?? items[0],
    swing: () => (next() + next() + next() + next() - 2) / 2,
  };
};
