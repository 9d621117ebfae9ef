import { CsvError, parse } from 'csv-parse/sync';

/** A row as it stands in the file; `line` is the line it starts on, counted from 1. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

export const csvLimits = {
  bytesMax: 10 * 1024 * 1024,
  rowsMax: 20_000,
  /** Rows and blank lines together; keeps a file of nothing but line ends from being read to its end. */
  recordsMax: 100_000,
  rowBytesMax: 65_536,
} as const;

/** Why a file as a whole cannot be read. */
export type CsvRefusal =
  | { readonly type: 'RosterTooLarge'; readonly bytes: number; readonly bytesMax: number }
  | { readonly type: 'RosterNotUtf8' }
  | { readonly type: 'RosterEmpty' }
  | { readonly type: 'RosterMalformed'; readonly line: number; readonly detail: string }
  | { readonly type: 'RosterRowsTooMany'; readonly rowsMax: number };

export type CsvReading =
  | { readonly outcome: 'read'; readonly records: readonly CsvRecord[] }
  | { readonly outcome: 'refused'; readonly refusal: CsvRefusal };

const malformed: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'A quoted field that starts in this row is never closed.',
  CSV_INVALID_CLOSING_QUOTE: 'Text follows the closing quote of a field in this row.',
  INVALID_OPENING_QUOTE: 'A quote stands in the middle of an unquoted field; quote the whole field and double the quote.',
  CSV_MAX_RECORD_SIZE: `The row is longer than ${csvLimits.rowBytesMax} bytes; a quote may be missing.`,
};

const decode = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

/** Counts the line ends (CRLF, LF, CR) between two offsets. The parser's own count takes CRLF within quotes for two. */
const lineEnds = (text: Buffer, from: number, to: number): number => {
  let count = 0;
  for (let at = from; at < to; at += 1) {
    const crOfCrlf = text[at] === 0x0d && text[at + 1] === 0x0a;
    if (!crOfCrlf && (text[at] === 0x0a || text[at] === 0x0d)) count += 1;
  }
  return count;
};

const refused = (refusal: CsvRefusal): CsvReading => ({ outcome: 'refused', refusal });

/**
 * Reads the bytes of a comma-separated file in UTF-8, with or without a byte order mark, with CRLF, LF and CR mixed,
 * with line ends inside quotes. Blank lines are passed over; rows of any width are given back. Never throws.
 */
export const readCsvRecords = (bytes: Uint8Array): CsvReading => {
  if (bytes.byteLength > csvLimits.bytesMax) {
    return refused({ type: 'RosterTooLarge', bytes: bytes.byteLength, bytesMax: csvLimits.bytesMax });
  }
  const decoded = decode(bytes);
  if (decoded === undefined) return refused({ type: 'RosterNotUtf8' });

  const text = Buffer.from(decoded);
  const records: CsvRecord[] = [];
  let seen = 0;
  let startsAt = 0;
  let line = 1;
  try {
    parse(text, {
      relax_column_count: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      max_record_size: csvLimits.rowBytesMax,
      to: csvLimits.recordsMax + 1,
      on_record: (fields: string[], { bytes: endsAt }) => {
        seen += 1;
        if (fields.some((field) => field.trim() !== '')) records.push({ line, fields });
        line += lineEnds(text, startsAt, endsAt);
        startsAt = endsAt;
        return null;
      },
    });
  } catch (error) {
    const detail = error instanceof CsvError ? malformed[error.code] : undefined;
    return refused({ type: 'RosterMalformed', line, detail: detail ?? 'The row cannot be read as CSV.' });
  }
  if (records.length === 0) return refused({ type: 'RosterEmpty' });
  const tooMany = seen > csvLimits.recordsMax || records.length - 1 > csvLimits.rowsMax;
  return tooMany ? refused({ type: 'RosterRowsTooMany', rowsMax: csvLimits.rowsMax }) : { outcome: 'read', records };
};
