import type { Incoming } from '../event-bus.js';
import type { ProgressRow } from '../postgres/consumer-store.js';
import { InvalidPositionError } from './invalid-position.js';

/** The position of which every scope says: before the first event. */
export const beforeTheFirst = '0';

/** Order of two positions of one scope: negative, zero or positive. @throws InvalidPositionError */
export type ComparePositions = (scope: string, left: string, right: string) => number;

const decimal = /^\d{1,20}$/;

/** Whether it is a position that the database can compare as `compareDecimalPositions` does. */
export const isDecimalPosition = (position: string): boolean => decimal.test(position);

const numberOf = (scope: string, position: string): bigint => {
  if (!isDecimalPosition(position)) throw new InvalidPositionError(scope, position);
  return BigInt(position);
};

/**
 * The order of decimal positions, which both engines of PostgreSQL and EventStoreDB's commit position have.
 * @throws InvalidPositionError
 */
export const compareDecimalPositions: ComparePositions = (scope, left, right) => {
  const [a, b] = [numberOf(scope, left), numberOf(scope, right)];
  return a < b ? -1 : a > b ? 1 : 0;
};

/** Up to which position of each scope each partition was applied, as far as this process knows. It never goes back. */
export class Progress {
  private readonly rows = new Map<string, ProgressRow>();

  constructor(private readonly compare: ComparePositions) {}

  /** Takes over what is further on than what is known, and answers it. */
  merge(rows: readonly ProgressRow[]): readonly ProgressRow[] {
    const moved: ProgressRow[] = [];
    for (const row of rows) {
      const name = JSON.stringify([row.topic, row.partition, row.scope]);
      const known = this.rows.get(name);
      if (known === undefined || this.compare(row.scope, row.source_position, known.source_position) > 0) {
        this.rows.set(name, row);
        moved.push(row);
      }
    }
    return moved;
  }

  /** Topics that were seen to carry the scope. */
  topicsOf(scope: string): string[] {
    return [...new Set([...this.rows.values()].filter((row) => row.scope === scope).map(({ topic }) => topic))];
  }

  of(topic: string, partition: number, scope: string): string | undefined {
    return this.rows.get(JSON.stringify([topic, partition, scope]))?.source_position;
  }
}

/** The rows that a run of messages of one partition moves on, given what is stored of that partition. */
export const advancedBy = (
  messages: readonly Incoming[],
  stored: readonly ProgressRow[],
  compare: ComparePositions,
): ProgressRow[] => {
  const furthest = new Map(stored.map((row) => [row.scope, row]));
  const advanced = new Map<string, ProgressRow>();
  for (const message of messages) {
    const { topic, partition, scope } = message;
    const position = message.kind === 'event' ? message.sourcePosition : message.position;
    const known = furthest.get(scope);
    // A relay that starts again publishes older positions a second time: those move nothing.
    if (known !== undefined && compare(scope, position, known.source_position) <= 0) continue;
    const row = { topic, partition, scope, source_position: position };
    furthest.set(scope, row);
    advanced.set(scope, row);
  }
  return [...advanced.values()];
};
