import { isDeepStrictEqual } from 'node:util';
import type { PartitionId, ReadLimits } from '../delivery/polled-log.js';
import { Gathered } from '../gathered.js';
import type { MessageRow } from './message-row.js';

/** Runs one statement on the log. */
export type RunOnLog = <Row extends object>(text: string, values: readonly unknown[]) => Promise<Row[]>;

interface PageAsked extends PartitionId {
  readonly offset: bigint;
  readonly limits: ReadLimits;
}

/** A page holds up to `batchBytesMax`, and what one statement answers is in memory at once. */
const pagesMax = 16;

const columns = 'message_offset, kind, scope, source_position, message_id, key, headers, value';

/**
 * Reads pages of partitions. Members that are told of an append read all of their partitions at once: those pages come
 * with one statement.
 *
 * The statements have no names: a plan from when there were few messages would go on reading all of them. Planned with
 * its values, each page is a walk along the primary key, as `message-pages.int.spec.ts` holds.
 */
export class MessagePages {
  private readonly gathered = new Gathered<PageAsked, readonly MessageRow[]>((asked) => this.readAll(asked));

  constructor(
    private readonly schema: string,
    private readonly run: RunOnLog,
  ) {}

  read({ topic, partition }: PartitionId, offset: bigint, limits: ReadLimits): Promise<readonly MessageRow[]> {
    return this.gathered.ask({ topic, partition, offset, limits });
  }

  private async readAll(asked: readonly PageAsked[]): Promise<readonly (readonly MessageRow[])[]> {
    const pages = new Map<PageAsked, readonly MessageRow[]>();
    await Promise.all(
      alike(asked).map(async (some) => {
        const answers = some.length === 1 ? await Promise.all(some.map((one) => this.readOne(one))) : await this.readSome(some);
        for (const [at, one] of some.entries()) pages.set(one, answers[at] ?? []);
      }),
    );
    return asked.map((one) => pages.get(one) ?? []);
  }

  private readOne({ topic, partition, offset, limits }: PageAsked): Promise<MessageRow[]> {
    return this.run<MessageRow>(
      `SELECT * FROM (
         SELECT ${columns}, sum(value_bytes) OVER (ORDER BY message_offset ROWS UNBOUNDED PRECEDING) - value_bytes AS bytes_before
         FROM ${this.schema}.message WHERE topic = $1 AND partition = $2 AND message_offset >= $3
         ORDER BY message_offset LIMIT $4) page
       WHERE bytes_before < $5 ORDER BY message_offset`,
      [topic, partition, offset.toString(), limits.messagesMax, limits.bytesMax],
    );
  }

  private async readSome(asked: readonly PageAsked[]): Promise<readonly (readonly MessageRow[])[]> {
    const limits = asked[0]?.limits;
    // Not sorted by page: the server would write what passes its memory for sorting to disk.
    const rows = await this.run<MessageRow & { place: string }>(
      `SELECT w.place, page.* FROM unnest($1::text[], $2::integer[], $3::bigint[]) WITH ORDINALITY AS w (topic, partition, first, place)
       CROSS JOIN LATERAL (
         SELECT ${columns}, sum(m.value_bytes) OVER (ORDER BY m.message_offset ROWS UNBOUNDED PRECEDING) - m.value_bytes AS bytes_before
         FROM ${this.schema}.message m WHERE m.topic = w.topic AND m.partition = w.partition AND m.message_offset >= w.first
         ORDER BY m.message_offset LIMIT $4) page
       WHERE page.bytes_before < $5`,
      [
        asked.map(({ topic }) => topic),
        asked.map(({ partition }) => partition),
        asked.map(({ offset }) => offset.toString()),
        limits?.messagesMax,
        limits?.bytesMax,
      ],
    );
    const pages = asked.map((): MessageRow[] => []);
    for (const row of rows) pages[Number(row.place) - 1]?.push(row);
    for (const page of pages) page.sort((one, other) => Number(one.message_offset) - Number(other.message_offset));
    return pages;
  }
}

/** Parts that are read with one statement each: of one limit, which the plan has to know, and not too many. */
const alike = (asked: readonly PageAsked[]): PageAsked[][] => {
  const parts: PageAsked[][] = [];
  for (const one of asked) {
    const part = parts.find((some) => some.length < pagesMax && isDeepStrictEqual(some[0]?.limits, one.limits));
    if (part === undefined) parts.push([one]);
    else part.push(one);
  }
  return parts;
};
