import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';

import type { Clock } from '../../clock.js';
import type { RecordedEvent } from '../../event.js';
import type { EventStore } from '../../event-store.js';
import { ManualClock } from '../manual-clock.js';

export interface OpenedStore {
  readonly store: EventStore;
  /** Opens the same record again, as after a restart, or as a second process would while `store` is still open. */
  reopen(): Promise<EventStore>;
  /** Closes everything that was opened, and removes the record. */
  close(): Promise<void>;
}

/** Opens an empty record of this scope. */
export type OpenStore = (settings: { readonly scope: string; readonly clock: Clock }) => Promise<OpenedStore>;

export const scope = 'contract-suite';

/** What the cases of the contract work on. */
export interface ContractContext {
  readonly store: EventStore;
  readonly clock: ManualClock;
  reopen(): Promise<EventStore>;
}

export type Context = () => ContractContext;

/** For cases that look at the store as a whole. */
export const eachOnAnEmptyStore = (open: OpenStore): Context => contextBetween(open, beforeEach, afterEach);

/** For cases that keep to streams of their own: an engine may take long to make an empty record. */
export const allOnOneStore = (open: OpenStore): Context => contextBetween(open, beforeAll, afterAll);

type Hook = (work: () => Promise<void>) => void;

const contextBetween = (open: OpenStore, before: Hook, after: Hook): Context => {
  let context: ContractContext | undefined;
  let opened: OpenedStore | undefined;
  before(async () => {
    const clock = new ManualClock();
    opened = await open({ scope, clock });
    context = { store: opened.store, clock, reopen: opened.reopen };
  });
  after(async () => {
    await opened?.close();
    opened = undefined;
  });
  return () => {
    if (!context) throw new Error('The context exists inside a test only');
    return context;
  };
};

/** Everything in the store, read in pages. */
export const everything = async (store: EventStore, limit = 500): Promise<readonly RecordedEvent[]> => {
  const events: RecordedEvent[] = [];
  let after = undefined;
  for (;;) {
    const page = await store.readAll({ after, limit });
    if (page.events.length === 0) return events;
    events.push(...page.events);
    after = page.readUpTo;
  }
};

/** What a promise is refused with; fails the test when it is not. */
export const refusalOf = async (work: Promise<unknown>): Promise<unknown> => {
  const answer = await work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in answer) return answer.error;
  throw new Error(`Not refused, but answered with ${JSON.stringify(answer.value)}`);
};
