import type { ProblemCatalogue } from '@cairn/service-kit';

import type { RosterRefusal } from './read-roster-csv.js';

/** Every refusal of an import as a whole. What is wrong with single rows stands in its answer. */
export type ImportRejection =
  | RosterRefusal
  | { readonly type: 'DistrictUnknown'; readonly districtId: string }
  | { readonly type: 'EffectiveInFuture'; readonly effective: string }
  | { readonly type: 'ClosingCountWrong'; readonly confirmed: number; readonly candidates: number }
  | { readonly type: 'IdempotencyKeyReused'; readonly commandKey: string }
  | { readonly type: 'TooManyWriters' };

/** What each refusal is over HTTP, and in words. */
export const importProblems: ProblemCatalogue<ImportRejection> = {
  RosterTooLarge: {
    type: '/problems/too-large',
    title: 'The file is too large',
    status: 413,
    detail: ({ bytes, bytesMax }) => `The file has ${bytes} bytes; ${bytesMax} are allowed. Nothing was changed.`,
  },
  RosterNotUtf8: {
    type: '/problems/roster-not-utf8',
    title: 'The file is not UTF-8',
    status: 400,
    detail: () => 'Save the file as "CSV UTF-8" and send it again. Nothing was changed.',
  },
  RosterEmpty: {
    type: '/problems/roster-empty',
    title: 'The file is empty',
    status: 400,
    detail: () => 'The file holds no header and no rows. Nothing was changed.',
  },
  RosterWithoutRows: {
    type: '/problems/roster-empty',
    title: 'The file has no rows',
    status: 400,
    detail: () => 'The file has a header and nothing below it. Nothing was changed.',
  },
  RosterMalformed: {
    type: '/problems/roster-malformed',
    title: 'The file cannot be read as CSV',
    status: 400,
    detail: ({ line, detail }) => `Line ${line}: ${detail} Nothing was changed.`,
  },
  RosterRowsTooMany: {
    type: '/problems/roster-too-many-rows',
    title: 'The file has too many rows',
    status: 413,
    detail: ({ rowsMax }) => `More than ${rowsMax} rows are not read at once. Nothing was changed.`,
  },
  RosterColumnsMissing: {
    type: '/problems/roster-columns-missing',
    title: 'Columns are missing',
    status: 400,
    detail: ({ missing }) => `The header lacks: ${missing.join(', ')}. Nothing was changed.`,
  },
  RosterColumnRepeated: {
    type: '/problems/roster-column-repeated',
    title: 'A column stands twice in the header',
    status: 400,
    detail: ({ column }) => `"${column}" stands in the header more than once. Nothing was changed.`,
  },
  DistrictUnknown: {
    type: '/problems/unknown-district',
    title: 'This district is not known',
    status: 404,
    detail: ({ districtId }) => `There is no district "${districtId}" that you can see.`,
  },
  EffectiveInFuture: {
    type: '/problems/fact-in-future',
    title: 'This day has not come yet',
    status: 422,
    detail: ({ effective }) => `A roster cannot hold from ${effective} on, which has not begun in the district. Nothing was changed.`,
    field: 'effective',
  },
  ClosingCountWrong: {
    type: '/problems/closing-count-wrong',
    title: 'The number of schools to close is another',
    status: 409,
    detail: ({ confirmed, candidates }) =>
      `You confirmed that ${confirmed} close; the roster leaves ${candidates} as candidates. Nothing was changed. Look at them again.`,
    field: 'confirm-closing',
  },
  IdempotencyKeyReused: {
    type: '/problems/idempotency-key-reused',
    title: 'This key stands for another command',
    status: 409,
    detail: ({ commandKey }) =>
      `Idempotency-Key "${commandKey}" was used for an import with other content. Nothing was changed. Use a new key.`,
    field: 'Idempotency-Key',
  },
  TooManyWriters: {
    type: '/problems/too-many-writers',
    title: 'Many are writing here at once',
    status: 409,
    detail: () => 'Others changed the same schools at the same time, three times in a row. Send the file again: what was done stays done.',
  },
};
