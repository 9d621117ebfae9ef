import { readFile } from 'node:fs/promises';

import { withPlatform } from './with-platform.js';

interface ImportOptions {
  readonly data: string;
  readonly district: string;
  readonly effective: string;
  readonly apply: boolean;
  readonly confirmClosing?: string;
}

interface RosterAnswer {
  readonly importId: string;
  readonly opened: readonly { readonly name: string }[];
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
  readonly changed: readonly { readonly name: string }[];
  readonly unchanged: number;
  readonly closingCandidates: readonly { readonly name: string }[];
  readonly rejected: readonly { readonly line: number; readonly column?: string | null; readonly reason: string }[];
  readonly unknownColumns?: readonly string[];
  readonly position?: string;
}

const readRoster = async (file: string): Promise<Buffer> => {
  try {
    return await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`The file ${file} cannot be read: ${code === 'ENOENT' ? 'there is none' : code}.`, { cause: error });
  }
};

const listedMax = 20;

const listed = (title: string, lines: readonly string[]): void => {
  console.log(`${title}: ${lines.length}`);
  for (const line of lines.slice(0, listedMax)) console.log(`  ${line}`);
  if (lines.length > listedMax) console.log(`  and ${lines.length - listedMax} more`);
};

/** `cairn import`: shows what a roster would change, or with `--apply` changes it. */
export const importRoster = async (file: string, options: ImportOptions): Promise<void> => {
  const content = await readRoster(file);
  const query = new URLSearchParams({ mode: options.apply ? 'apply' : 'dry-run', effective: options.effective });
  if (options.confirmClosing !== undefined) query.set('confirm-closing', options.confirmClosing);
  const path = `/api/districts/${encodeURIComponent(options.district)}/roster-imports?${query.toString()}`;
  const answer = await withPlatform(options.data, (call) =>
    call.request<RosterAnswer>('POST', path, { type: 'text/csv', content }),
  );
  listed('Opened', answer.opened.map(({ name }) => name));
  listed('Renamed', answer.renamed.map(({ from, to }) => `${from} → ${to}`));
  listed('Changed', answer.changed.map(({ name }) => name));
  console.log(`Unchanged: ${answer.unchanged}`);
  listed('Not in the file (candidates for closing)', answer.closingCandidates.map(({ name }) => name));
  listed('Rejected', answer.rejected.map(({ line, column, reason }) => `line ${line}${column ? `, ${column}` : ''}: ${reason}`));
  if (answer.unknownColumns?.length) console.log(`Columns that are not known and were left out: ${answer.unknownColumns.join(', ')}`);
  console.log(options.apply ? `Applied (${answer.importId}).` : 'Nothing was changed. Add --apply to apply it.');
};
