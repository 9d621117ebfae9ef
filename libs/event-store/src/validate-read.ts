import { InvalidReadError } from './errors.js';
import type { EventFilter, StreamId } from './event.js';
import { eventStoreLimits as limits } from './event.js';
import type { ReadAllOptions, ReadStreamOptions } from './event-store.js';

const readAllEventsDefault = 500;

/** @throws InvalidReadError unless it is 1 to 4,096 events. */
export const checkLimit = (limit: number): number => {
  if (!Number.isInteger(limit) || limit < 1 || limit > limits.readEventsMax) {
    throw new InvalidReadError(`A limit of ${limit} events, where 1 to ${limits.readEventsMax} can be read at once`);
  }
  return limit;
};

/** The options of a stream read with their defaults. @throws InvalidReadError */
export const checkReadStream = (options: ReadStreamOptions): { backwards: boolean; from: number; limit: number } => {
  const backwards = options.direction === 'backwards';
  const from = options.from ?? (backwards ? Number.MAX_SAFE_INTEGER : 1);
  if (!Number.isSafeInteger(from) || from < 1) throw new InvalidReadError(`Version ${from} is not an integer from 1`);
  return { backwards, from, limit: checkLimit(options.limit ?? limits.readEventsMax) };
};

/** Whether a stream of this name can exist at all; some engines do not even take a question with such a name. */
export const canBeStream = (stream: StreamId): boolean => !/[\p{Cc}\p{Cs}]/u.test(stream);

/** The options of a read of everything with their defaults. @throws InvalidReadError */
export const checkReadAll = (options: ReadAllOptions): { filter: EventFilter | undefined; limit: number } => {
  const { filter, limit = readAllEventsDefault } = options;
  const texts = [filter?.streamPrefix ?? '', ...(filter?.types ?? [])];
  if (!texts.every(canBeStream)) throw new InvalidReadError('The filter has a character that no name can have');
  return { filter, limit: checkLimit(limit) };
};
