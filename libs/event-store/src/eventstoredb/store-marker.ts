import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { DamagedEventError } from '../errors.js';
import { chainStart } from '../hash-chain.js';
import { isUuid } from '../uuid.js';
import { appendRequests } from './client/append-requests.js';
import type { EventStoreDbCalls } from './client/eventstoredb-calls.js';
import { StreamGoneError } from './client/eventstoredb-calls.js';
import { WrongRevisionError } from './client/eventstoredb-errors.js';
import { readStreamRequest } from './client/read-requests.js';

/** How long a server may take to show to readers what it has written. */
const seenMsMax = 5_000;

/**
 * The id of the record: that of the one event of a stream beside those of the scope. Its name has no `.` after the
 * scope, so that it is none of them. Whoever asks first makes it; of several one wins, and all read the winner's.
 */
export const storeIdOf = async (calls: EventStoreDbCalls, namespace: string, scope: string): Promise<string> => {
  const name = `${namespace}cairn-store-${scope}`;
  const found = await read(calls, name);
  if (found !== undefined) return found;
  const event = { id: randomUUID(), type: 'StoreNamed', dataText: JSON.stringify({ scope }), metadataText: '{}' };
  try {
    await calls.append(appendRequests(name, undefined, [event]));
  } catch (error) {
    if (!(error instanceof WrongRevisionError)) throw error;
  }
  // Who lost is told before readers see what won.
  const until = performance.now() + seenMsMax;
  let made = await read(calls, name);
  while (made === undefined && performance.now() < until) {
    await delay(20);
    made = await read(calls, name);
  }
  if (made === undefined) throw new DamagedEventError(name, 1, '0', chainStart.hash, 'the id of the store is gone');
  return made;
};

const read = async (calls: EventStoreDbCalls, name: string): Promise<string | undefined> => {
  try {
    const [answer] = await calls.read(readStreamRequest(name, { from: 0, count: 1 }));
    const id = answer?.getEvent()?.getId()?.getString();
    return isUuid(id) ? id : undefined;
  } catch (error) {
    if (error instanceof StreamGoneError && error.kind === 'missing') return undefined;
    throw error;
  }
};
