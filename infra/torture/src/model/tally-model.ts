import { createHash } from 'node:crypto';

import type { Acknowledged } from '../ledger/append-ledger.js';

/** What the read models keep of a stream: any event left out, doubled or swapped changes the digest. */
export interface TallyRow {
  readonly stream: string;
  readonly version: number;
  readonly total: number;
  readonly digest: string;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A clean replay: the read model that the events give, worked out here and not by what is under test. */
export const replay = (events: readonly Acknowledged[]): readonly TallyRow[] => {
  const rows = new Map<string, TallyRow>();
  for (const { stream, version, id, weight } of events) {
    const before = rows.get(stream);
    const digest = sha256(`${before?.digest ?? ''}${id}:${weight}`);
    rows.set(stream, { stream, version, total: (before?.total ?? 0) + weight, digest });
  }
  return [...rows.values()].sort((left, right) => (left.stream < right.stream ? -1 : 1));
};

/** One hash over a whole read model. */
export const hashOf = (rows: readonly TallyRow[]): string =>
  sha256(rows.map(({ stream, version, total, digest }) => `${stream}|${version}|${total}|${digest}\n`).join(''));

/** The streams in which two read models differ, told with both rows. */
export const differences = (name: string, actual: readonly TallyRow[], expected: readonly TallyRow[]): string[] => {
  const told = (row: TallyRow | undefined): string => (row ? `version ${row.version}, total ${row.total}` : 'nothing');
  const wanted = new Map(expected.map((row) => [row.stream, row]));
  const found = new Map(actual.map((row) => [row.stream, row]));
  return [...new Set([...wanted.keys(), ...found.keys()])]
    .filter((stream) => found.get(stream)?.digest !== wanted.get(stream)?.digest)
    .map((stream) => `${name}: ${stream} has ${told(found.get(stream))}, a clean replay ${told(wanted.get(stream))}`);
};
