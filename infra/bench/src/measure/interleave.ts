import { medianOf } from './statistics.js';

/** One way of doing the work; answers how much of it was done in a second. */
export interface Side {
  readonly name: string;
  round(round: number): Promise<number>;
}

export interface SideRates {
  readonly name: string;
  readonly perSecond: readonly number[];
  readonly median: number;
}

/**
 * Runs the sides in turn, round after round (A B A B …), so that whatever else the machine does meets all of them. The
 * first round warms up caches, plans and the compiler, and is not counted.
 */
export const interleave = async (sides: readonly Side[], rounds: number): Promise<readonly SideRates[]> => {
  const rates = new Map<string, number[]>(sides.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const side of sides) {
      const rate = await side.round(round);
      if (!(rate > 0) || !Number.isFinite(rate)) throw new Error(`${side.name} did ${rate} a second`);
      if (round > 0) rates.get(side.name)?.push(rate);
    }
  }
  return [...rates].map(([name, perSecond]) => ({ name, perSecond, median: medianOf(perSecond) }));
};

/** The median of the ratios round by round: both sides of one ratio met the same weather. */
export const ratioOf = (rates: readonly SideRates[], name: string, reference: string): number => {
  const of = (side: string): readonly number[] => {
    const found = rates.find((rate) => rate.name === side);
    if (!found) throw new Error(`There is no side ${side}`);
    return found.perSecond;
  };
  const references = of(reference);
  return medianOf(of(name).map((rate, at) => rate / (references[at] ?? Number.NaN)));
};

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A line for each side. */
export const linesOf = (rates: readonly SideRates[], unit: string): readonly string[] =>
  rates.map(({ name, median, perSecond }) => {
    const range = `${whole.format(Math.min(...perSecond))} to ${whole.format(Math.max(...perSecond))}`;
    return `${name.padEnd(44)} ${whole.format(median).padStart(9)} ${unit}/s   (${range})`;
  });
