import type { Outcome, Verdict } from './measure/benchmark.js';
import { isMet } from './measure/benchmark.js';
import type { Machine } from './setup/machine.js';

const figure = (value: number, unit: Verdict['unit']): string => (unit === 'x' ? `${value.toFixed(2)} x` : `${value.toFixed(1)} ${unit}`);

/** `met     to one-row INSERT: 2.31 x, at least 1.50 x`; a smoke run judges nothing. */
export const verdictLine = (verdict: Verdict, smoke: boolean): string => {
  const { what, measured, target, is, unit } = verdict;
  const word = smoke ? 'measured' : isMet(verdict) ? 'met' : 'MISSED';
  return `${word.padEnd(8)} ${what}: ${figure(measured, unit)}, ${is.replace('-', ' ')} ${figure(target, unit)}`;
};

export const outcomeLines = (title: string, outcome: Outcome, smoke: boolean): readonly string[] => [
  '',
  title,
  ...outcome.lines.map((line) => `  ${line}`),
  ...outcome.verdicts.map((verdict) => `  ${verdictLine(verdict, smoke)}`),
];

export const headLines = (machine: Machine, versions: Readonly<Record<string, string>>, settings: Readonly<Record<string, string>>): readonly string[] => [
  `Machine: ${machine.cpu}, ${machine.cores} cores, ${machine.memory_gb} GB, disk ${machine.disk}, ${machine.system}`,
  `Versions: ${Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ')}`,
  `PostgreSQL: ${Object.entries(settings).map(([name, value]) => `${name} ${value}`).join(', ')}`,
];
