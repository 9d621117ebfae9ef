import type { z } from 'zod';

import { problems } from './problem.js';

/** A cursor: what the next page begins after, opaque to the caller. */
export const cursorOf = (place: unknown): string => Buffer.from(JSON.stringify(place), 'utf8').toString('base64url');

/** What a cursor holds, or undefined when it is none of ours. */
const inCursor = <Place>(cursor: string, schema: z.ZodType<Place>): Place | undefined => {
  try {
    return schema.safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))).data;
  } catch {
    return undefined;
  }
};

/** Where the page begins that a caller asks for. @throws a 400 problem for a cursor that is none of ours */
export const placeIn = <Place>(after: string | undefined, schema: z.ZodType<Place>): Place | undefined => {
  if (after === undefined) return undefined;
  const place = inCursor(after, schema);
  if (place !== undefined) return place;
  throw problems.badInput('after takes what the page before gave as "next".', [{ field: 'after', detail: 'Send "next" as it came' }]);
};
