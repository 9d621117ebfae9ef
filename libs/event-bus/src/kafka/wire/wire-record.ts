/** Name and text of one header. A record keeps their order, and may have a name twice. */
export type Header = readonly [name: string, text: string];

/** A record on its way out. */
export interface OutgoingRecord {
  readonly partition: number;
  readonly key: string | null;
  readonly value: string;
  readonly headers: readonly Header[];
}

/** Of a record whose place is taken and which says nothing to anybody, as the marker at the end of a transaction. */
export const emptyPlace = { key: null, value: null, headers: [['cairn_kind', 'watermark']] } as const;

/** A record as a fetch brings it. Bytes that are no UTF-8 have become U+FFFD; a header without a value is empty. */
export interface FetchedRecord {
  /** Decimal. */
  readonly offset: string;
  /** Milliseconds since 1970, decimal. */
  readonly timestamp: string;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly Header[];
}
