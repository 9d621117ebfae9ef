import { setTimeout as delay } from 'node:timers/promises';

import type { Position, RecordedEvent } from '../event.js';
import type { EventStore, SubscribeOptions, Subscription } from '../event-store.js';

/** A subscription that keeps what it is given, and can be waited for. */
export class Subscriber {
  readonly events: RecordedEvent[] = [];
  readonly batches: (readonly RecordedEvent[])[] = [];
  readonly errors: unknown[] = [];
  readUpTo: Position | undefined;
  readonly subscription: Subscription;

  constructor(store: EventStore, options: Partial<SubscribeOptions> = {}) {
    this.subscription = store.subscribe({
      from: 'start',
      onError: (error) => this.errors.push(error),
      ...options,
      handle: async (events, readUpTo) => {
        await options.handle?.(events, readUpTo);
        this.batches.push(events);
        this.events.push(...events);
        this.readUpTo = readUpTo;
      },
    });
  }

  get ids(): readonly string[] {
    return this.events.map(({ id }) => id);
  }

  async untilCount(count: number): Promise<void> {
    await until(`${count} events delivered`, () => this.events.length >= count, () => this.events.length);
  }
}

/** Looks again and again until the condition holds. @throws Error that says what was waited for, after 60 s. */
export const until = async (what: string, holds: () => boolean, seen: () => unknown = holds): Promise<void> => {
  const deadline = performance.now() + 60_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`Waited 60 s for: ${what}; last seen: ${String(seen())}`);
    await delay(2);
  }
};

/** A door that a handler waits at until the test opens it. */
export const gate = (): { readonly passed: Promise<void>; open: () => void } => {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
};

/** What became of a call: an answer, or the error it was refused with. */
export const outcomeOf = async (work: Promise<unknown>): Promise<unknown> =>
  await work.then(
    () => 'answered',
    (error: unknown) => error,
  );
