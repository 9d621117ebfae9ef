import { ChainAudit } from '../chain-audit.js';
import type { Position, RecordedEvent } from '../event.js';
import type { EventStore } from '../event-store.js';

export interface Comparison {
  /** How many events stand at the beginning of both, the same in both. */
  readonly same: number;
  readonly streams: number;
  /** Where the source goes on behind them; undefined: from its beginning. */
  readonly sourceAfter: Position | undefined;
  /** Whether one of them ends there. */
  readonly sourceEnded: boolean;
  readonly targetEnded: boolean;
  /** The first thing that differs or is damaged, in words. */
  readonly difference: string | undefined;
}

const pageEvents = 500;
const compared = ['stream', 'version', 'id', 'recordedAt', 'hash'] as const;

/**
 * Reads two records side by side, from the beginning until one of them ends or they differ. Every hash is worked out
 * anew on both sides, so that the same hash means the same content.
 */
export const compareRecords = async (
  source: EventStore,
  target: EventStore,
  onEvent: (events: number) => void = () => undefined,
): Promise<Comparison> => {
  const [sources, targets] = [eventsOf(source), eventsOf(target)];
  const [sourceAudit, targetAudit] = [new ChainAudit(), new ChainAudit()];
  let same = 0;
  let sourceAfter: Position | undefined;
  for (;;) {
    const [left, right] = await Promise.all([sources.next(), targets.next()]);
    const sourceEnded = left.done === true;
    const targetEnded = right.done === true;
    const differs = sourceEnded || targetEnded ? undefined : differenceOf(left.value, right.value);
    if (!sourceEnded && !differs) sourceAudit.event(left.value);
    if (!targetEnded && !differs) targetAudit.event(right.value);
    const difference = differs ?? damageOf('source', sourceAudit) ?? damageOf('target', targetAudit);
    if (sourceEnded || targetEnded || difference !== undefined) {
      const { streams } = targetAudit.result();
      return { same, streams, sourceAfter, sourceEnded, targetEnded, difference };
    }
    same += 1;
    sourceAfter = left.value.position;
    onEvent(same);
  }
};

async function* eventsOf(store: EventStore): AsyncGenerator<RecordedEvent, undefined> {
  for (let after: Position | undefined; ; ) {
    const page = await store.readAll({ after, limit: pageEvents });
    if (page.events.length === 0) return undefined;
    yield* page.events;
    after = page.readUpTo;
  }
}

const differenceOf = (left: RecordedEvent, right: RecordedEvent): string | undefined => {
  const member = compared.find((name) => left[name] !== right[name]);
  if (member === undefined) return undefined;
  const at = `event ${left.version} of ${left.stream} in the source, event ${right.version} of ${right.stream} in the target`;
  return `${member} is ${left[member]} against ${right[member]}: ${at}`;
};

const damageOf = (side: string, audit: ChainAudit): string | undefined => {
  const [broken] = audit.result().breaks;
  return broken && `the ${side} is damaged: ${broken.stream} version ${broken.version}, ${broken.detail}`;
};
