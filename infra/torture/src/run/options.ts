import { resolve } from 'node:path';

import { Command, InvalidArgumentError } from 'commander';

import { seedOfRun } from '../chance.js';
import { faults } from './faults.js';

export interface RunOptions {
  readonly cycles: number;
  readonly seed: number;
  readonly bus: 'postgres' | 'kafka';
  /** Rows of the fault matrix whose faults are inflicted; empty: all. */
  readonly rows: readonly number[];
  /** Whether the platform is killed while it loads the sample, instead of copies of a service under a load of their own. */
  readonly platform: boolean;
  /** Where the evidence of a failure stays. */
  readonly out: string;
}

const wholeNumber = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
};

const busNamed = (text: string): 'postgres' | 'kafka' => {
  if (text !== 'postgres' && text !== 'kafka') throw new InvalidArgumentError('Give postgres or kafka.');
  return text;
};

const rowsNamed = (text: string): readonly number[] =>
  text.split(',').map((part) => {
    const row = wholeNumber(part.trim());
    if (!faults.some(({ rows }) => rows.includes(row))) throw new InvalidArgumentError(`Row ${row} has no fault in the long run.`);
    return row;
  });

/** What was asked for on the command line; ends the process with words when it does not fit. */
export const optionsFrom = (argv: readonly string[]): RunOptions => {
  const given = new Command('torture')
    .description('Load, a fault by chance, recovery, and a check against a ledger that stands outside: again and again.')
    .option('--cycles <number>', 'how many', wholeNumber, 100)
    .option('--seed <number>', 'has a run again; default: CAIRN_SEED, or a new one', wholeNumber)
    .option('--bus <engine>', 'postgres or kafka', busNamed, 'postgres')
    .option('--rows <numbers>', 'only faults of these rows of the matrix, such as 1,2,10', rowsNamed, [])
    .option('--platform', 'kill the whole platform, piece by piece, while it loads the sample; a cycle is a load', false)
    .option('--out <folder>', 'where the evidence of a failure is kept', (path) => resolve(path), resolve('.cairn/torture'))
    .parse([...argv], { from: 'user' })
    .opts<Omit<RunOptions, 'seed'> & { seed?: number }>();
  return { ...given, seed: given.seed ?? seedOfRun() };
};
