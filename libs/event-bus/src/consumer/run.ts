import type { Incoming, IncomingBatch, IncomingMessage } from '../event-bus.js';
import type { Begun, Beginning, ProgressRow } from '../postgres/consumer-store.js';
import type { BatchEnvironment } from './apply-batch.js';
import type { ComparePositions } from './progress.js';
import { advancedBy, compareDecimalPositions, isDecimalPosition } from './progress.js';

/** Messages of one partition that are taken in together, and what there is to note of them. */
export interface Run extends Beginning {
  readonly messages: readonly Incoming[];
  /** Each id once. */
  readonly events: readonly IncomingMessage[];
  /** Keys that belong to another partition, with that partition. Nothing orders them against what is there. */
  readonly strays: ReadonlyMap<string, number>;
  /** False where the database does not know the order of the positions: `reached` is empty then. */
  readonly isComparedInDatabase: boolean;
}

export const runOf = async (
  { checkpoints, compare, partitionOf }: BatchEnvironment,
  { topic, partition, fence, lastOffset: lastOfBatch }: IncomingBatch,
  messages: readonly Incoming[],
): Promise<Run> => {
  const events = eventsOf(messages);
  const isComparedInDatabase = compare === compareDecimalPositions;
  return {
    logId: await checkpoints.logOf(topic, partition),
    topic,
    partition,
    lastOffset: messages.at(-1)?.offset ?? lastOfBatch,
    fence,
    messages,
    events,
    strays: await strayKeys(partitionOf, topic, partition, events),
    isComparedInDatabase,
    reached: isComparedInDatabase ? advancedBy(messages.filter(isPlaced), [], compare) : [],
  };
};

export interface Sorted {
  readonly applicable: readonly IncomingMessage[];
  /** Their key is parked already. */
  readonly following: readonly IncomingMessage[];
  /** They came out of a partition that is not their key's. */
  readonly stray: readonly IncomingMessage[];
}

/** What is to become of the events of a run that was begun. */
export const sorted = ({ events, strays }: Run, { fresh, parked }: Begun): Sorted => {
  const news = events.filter(({ id }) => fresh.has(id));
  const open = news.filter(({ key }) => !parked.has(key));
  return {
    applicable: open.filter(({ key }) => !strays.has(key)),
    following: news.filter(({ key }) => parked.has(key)),
    stray: open.filter(({ key }) => strays.has(key)),
  };
};

export const strayReason = ({ strays }: Run, { key, partition }: IncomingMessage): string =>
  `It came out of partition ${partition}, and its key belongs to partition ${strays.get(key)}: ` +
  'in which order it stands to other messages of its key is not known';

/** How far the messages of the run get beyond what is kept, by an order that the database does not know. */
export const advancedHere = (run: Run, kept: readonly ProgressRow[], compare: ComparePositions): readonly ProgressRow[] =>
  advancedBy(run.messages, kept, compare);

const eventsOf = (messages: readonly Incoming[]): readonly IncomingMessage[] => {
  const events = new Map<string, IncomingMessage>();
  for (const message of messages) {
    if (message.kind === 'event' && !events.has(message.id)) events.set(message.id, message);
  }
  return [...events.values()];
};

/** What others write may have a position that is none: it moves nothing on, and must not hold up its partition. */
const isPlaced = (one: Incoming): boolean => isDecimalPosition(one.kind === 'event' ? one.sourcePosition : one.position);

const strayKeys = async (
  partitionOf: BatchEnvironment['partitionOf'],
  topic: string,
  partition: number,
  events: readonly IncomingMessage[],
): Promise<ReadonlyMap<string, number>> => {
  const strays = new Map<string, number>();
  for (const key of new Set(events.map((event) => event.key))) {
    const own = await partitionOf(topic, key);
    if (own !== partition) strays.set(key, own);
  }
  return strays;
};
