import type pg from 'pg';

import { beforeTheFirst, comparePositions } from '../../decimal-position.js';
import { WrongExpectedVersionError } from '../../errors.js';
import type { Position, RecordedEvent, StreamId } from '../../event.js';
import { chainStart } from '../../hash-chain.js';
import { repeatedAppend } from '../../repeated-append.js';
import { headsQuery, repeatedQuery } from '../append-statements.js';
import type { EventRow, HeadRow } from '../event-row.js';
import { eventOf } from '../event-row.js';
import type { BulkWriter } from './bulk-writer.js';
import type { ImportChunk } from './import-chunks.js';
import { appendOf, chunkWith } from './import-chunks.js';

export interface ImportResult {
  readonly streams: number;
  readonly events: number;
  /** Of the events those that an earlier import, or an append, had brought already. */
  readonly found: number;
  /** Whoever has read up to here has seen all of it. */
  readonly position: Position;
}

export interface StreamImportOptions {
  readonly writer: BulkWriter;
  /** Quoted. */
  readonly schema: string;
  readonly query: <Row extends pg.QueryResultRow>(query: pg.QueryConfig) => Promise<readonly Row[]>;
  /** Called after each commit. */
  readonly committed: () => void;
}

const nothing: ImportResult = { streams: 0, events: 0, found: 0, position: beforeTheFirst };

/** Stores chunks of new streams. While the database works on one, the next is made ready. */
export class StreamImport {
  constructor(private readonly options: StreamImportOptions) {}

  async run(chunks: AsyncIterable<ImportChunk>): Promise<ImportResult> {
    let result = nothing;
    let storing = Promise.resolve(nothing);
    try {
      for await (const chunk of chunks) {
        result = sumOf(result, await storing);
        storing = this.store(chunk);
        // Awaited with the next chunk; until then nobody else looks.
        storing.catch(() => undefined);
      }
      return sumOf(result, await storing);
    } finally {
      await storing.catch(() => undefined);
    }
  }

  private async store(chunk: ImportChunk): Promise<ImportResult> {
    let found = nothing;
    for (let rest = chunk; rest.streams.length > 0; ) {
      const { streams, pages } = rest;
      const moves = streams.map(({ stream, head }) => ({ stream, from: chainStart, to: head }));
      const first = await this.options.writer.write(moves, pages);
      if (first !== undefined) {
        this.options.committed();
        const events = pages.rows;
        return sumOf(found, { streams: streams.length, events, found: 0, position: String(first + events - 1) });
      }
      const versions = await this.versionsOf(rest);
      found = sumOf(found, await this.repeated(rest, versions));
      rest = chunkWith(rest, streams.filter(({ stream }) => !versions.has(stream)));
    }
    return found;
  }

  private async versionsOf({ streams }: ImportChunk): Promise<ReadonlyMap<StreamId, number>> {
    const rows = await this.options.query<HeadRow>(headsQuery(this.options.schema, streams));
    return new Map(rows.map(({ stream_id, version }) => [stream_id, Number(version)]));
  }

  /**
   * The streams that are there already, just as they are to be. Heads are read before ids, so that a double that is
   * stored in between is seen as a double.
   * @throws WrongExpectedVersionError for the first that is there otherwise, EventIdConflictError
   */
  private async repeated(chunk: ImportChunk, versions: ReadonlyMap<StreamId, number>): Promise<ImportResult> {
    const there = chunk.streams.filter(({ stream }) => versions.has(stream)).map((stream) => appendOf(chunk, stream));
    const stored = new Map<StreamId, RecordedEvent[]>(there.map(({ stream }) => [stream, []]));
    const rows = await this.options.query<EventRow>(repeatedQuery(this.options.schema, there));
    for (const row of rows) stored.get(row.stream_id)?.push(eventOf(row));
    let found = nothing;
    for (const append of there) {
      const { stream, expected } = append;
      const before = repeatedAppend(append, stored.get(stream) ?? []);
      if (!before) throw new WrongExpectedVersionError(stream, expected, versions.get(stream) ?? 0);
      const events = before.events.length;
      found = sumOf(found, { streams: 1, events, found: events, position: before.position });
    }
    return found;
  }
}

const sumOf = (left: ImportResult, right: ImportResult): ImportResult => ({
  streams: left.streams + right.streams,
  events: left.events + right.events,
  found: left.found + right.found,
  position: comparePositions(left.position, right.position) > 0 ? left.position : right.position,
});
