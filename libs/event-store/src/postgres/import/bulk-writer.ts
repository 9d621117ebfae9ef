import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

import type { StreamId } from '../../event.js';
import type { ChainHead } from '../../hash-chain.js';
import { byteaOf } from '../event-row.js';
import { normalised } from '../postgres-errors.js';
import type { CopyPages } from './copy-pages.js';
import { copyColumns } from './copy-row.js';

/** A stream that is to go from one head to another. */
export interface StreamMove {
  readonly stream: StreamId;
  /** Version 0: the stream must not exist. */
  readonly from: ChainHead;
  readonly to: ChainHead;
}

/**
 * Moves the streams and, when every one of them stood where it was expected, the head of the store behind them: new
 * streams in the order of their ids, then those that exist, the head last, which is the order of `es_append`. The count
 * is a table of its own in the update of the head, so that an update that had to wait for the row does not count anew.
 */
const claimText = (schema: string): string => `
  WITH asked AS MATERIALIZED (
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::bytea[], $4::bigint[], $5::bytea[], $6::timestamptz[])
      AS a (stream_id, expected, previous, version, hash, recorded)
  ), born AS (
    INSERT INTO ${schema}.es_stream AS s (stream_id, version, head_hash, recorded_at)
    SELECT a.stream_id, a.version, a.hash, a.recorded FROM asked a WHERE a.expected = 0 ORDER BY a.stream_id
    ON CONFLICT DO NOTHING
    RETURNING s.stream_id
  ), moved AS (
    UPDATE ${schema}.es_stream s SET version = a.version, head_hash = a.hash, recorded_at = a.recorded
    FROM asked a
    WHERE a.expected > 0 AND s.stream_id = a.stream_id AND s.version = a.expected AND s.head_hash = a.previous
    RETURNING s.stream_id
  ), head AS (
    UPDATE ${schema}.es_head h SET pos = h.pos + $7::bigint
    FROM (SELECT count(*) AS streams FROM (SELECT FROM born UNION ALL SELECT FROM moved) m) t
    WHERE h.one = 1 AND t.streams = $8::bigint
    RETURNING h.pos - $7::bigint AS before
  )
  SELECT before FROM head`;

/** Writes many events of many streams by COPY, in one transaction, past the queue of appends. */
export class BulkWriter {
  constructor(
    private readonly pool: pg.Pool,
    /** Quoted. */
    private readonly schema: string,
  ) {}

  /**
   * Stores all or nothing, in the order of the rows. The head of the store is locked from the claim to the commit, so
   * that positions are dense and in commit order as those of appends are: whoever writes here keeps it short.
   * @param pages the rows of all events of all moves.
   * @returns the first position, or undefined when a stream was not at the head that was expected: nothing is stored.
   * @throws EventStoreUnavailableError: whether it was stored is not known
   */
  async write(moves: readonly StreamMove[], pages: CopyPages): Promise<number | undefined> {
    const client = await this.pool.connect().catch((error: unknown) => {
      throw normalised(error);
    });
    // A connection that breaks is told by the statement that runs; without a listener it would end the process.
    client.on('error', ignore);
    let done = false;
    try {
      await client.query('BEGIN ISOLATION LEVEL READ COMMITTED');
      const { rows } = await client.query<{ before: string }>(this.claim(moves, pages.rows));
      const first = rows[0] && Number(rows[0].before) + 1;
      if (first === undefined) {
        await client.query('ROLLBACK');
      } else {
        const text = `COPY ${this.schema}.es_event (${copyColumns}) FROM STDIN (FORMAT binary)`;
        await pipeline(Readable.from(pages.numbered(first)), client.query(copyFrom(text)));
        await client.query('COMMIT');
      }
      done = true;
      return first;
    } catch (error) {
      throw normalised(error);
    } finally {
      client.off('error', ignore);
      // A connection in the middle of something goes away, and with it what it had begun.
      client.release(!done);
    }
  }

  private claim(moves: readonly StreamMove[], events: number): pg.QueryConfig {
    return {
      name: 'es_claim',
      text: claimText(this.schema),
      values: [
        moves.map(({ stream }) => stream),
        moves.map(({ from }) => from.version),
        moves.map(({ from }) => byteaOf(from.hash)),
        moves.map(({ to }) => to.version),
        moves.map(({ to }) => byteaOf(to.hash)),
        moves.map(({ to }) => to.recordedAt),
        events,
        moves.length,
      ],
    };
  }
}

const ignore = (): void => undefined;
