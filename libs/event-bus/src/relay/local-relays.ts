import type { Position } from '@cairn/event-store';

/** Answers whether it has the position still to bring. */
type Awaited = (position: Position) => boolean;

/** The relays of this process, by the scope of the store that each carries. */
const relays = new Map<string, Set<Awaited>>();

/** From now on the relay is told what is waited for in this process. Answers how to end that. */
export const hearOfWaiting = (scope: string, relay: Awaited): (() => void) => {
  const all = relays.get(scope) ?? new Set();
  relays.set(scope, all.add(relay));
  return () => {
    all.delete(relay);
    if (all.size === 0 && relays.get(scope) === all) relays.delete(scope);
  };
};

/**
 * Tells the relays of this process that somebody waits for a position of the scope, so that it is not kept back for what
 * may come after it. Readers of other processes wait until the batch is published by itself. Answers whether one of them
 * has it still to bring: until then there is nothing to look for on the bus.
 */
export const tellOfWaiting = (scope: string, position: Position): boolean => {
  let isComing = false;
  for (const relay of relays.get(scope) ?? []) if (relay(position)) isComing = true;
  return isComing;
};
