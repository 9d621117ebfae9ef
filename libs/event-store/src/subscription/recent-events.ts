import type { RecordedEvent } from '../event.js';
import type { ReadAllOptions, ReadAllPage } from '../event-store.js';

/** Who falls behind by more reads the store. */
const eventsMax = 64;

/**
 * The newest events of a store with dense positions, as far as this process has appended them: its subscriptions need
 * not ask the store for what was in its hands a moment ago. It only ever holds what was committed, without a gap.
 */
export class RecentEvents {
  private events: readonly RecordedEvent[] = [];

  /** To be told of what was committed; answers whether it is new. Old events are what a repeated append answers with. */
  add(events: readonly RecordedEvent[]): boolean {
    const [first] = events;
    if (first === undefined) return false;
    const { end } = this;
    const follows = Number(first.position) - 1 === end;
    const known = follows ? undefined : this.events.find(({ position }) => position === first.position);
    if (known?.id === first.id) return false;
    // Older than what is held: what a repeated append answers with, or an event of another record, that is shorter.
    if (known === undefined && end !== undefined && Number(first.position) <= end) {
      this.forget();
      return false;
    }
    // Of a position that has another event by now, all that is held is of another record.
    const all = follows ? [...this.events, ...events] : events;
    this.events = all.slice(-eventsMax);
    return true;
  }

  /** Something was committed that nobody can say more about, or they are not of the record that is there now. */
  forget(): void {
    this.events = [];
  }

  /**
   * The page after the position, which is empty when the last event known is the one at it; undefined where it cannot tell
   * what comes next. That nothing follows is true of this process alone: others may have appended.
   */
  after(position: string, { filter, limit = eventsMax }: Pick<ReadAllOptions, 'filter' | 'limit'>): ReadAllPage | undefined {
    const [first] = this.events;
    const { end } = this;
    const from = Number(position);
    if (first === undefined || end === undefined || filter !== undefined) return undefined;
    if (from > end || from < Number(first.position) - 1) return undefined;
    const events = this.events.slice(from - Number(first.position) + 1).slice(0, limit);
    return { events, readUpTo: events.at(-1)?.position ?? position };
  }

  /** Whether it is one of them. */
  has(event: RecordedEvent | undefined): boolean {
    return event !== undefined && this.events.some(({ id, position }) => position === event.position && id === event.id);
  }

  /**
   * To be told of a page that the store has answered with, and of the last position that was known before it was asked. A
   * page with room left that does not come so far is of another record, or of this one as it was before.
   */
  checkAgainst(page: ReadAllPage, limit: number, knownBefore: string | undefined): void {
    const fallsShort = knownBefore !== undefined && Number(page.readUpTo) < Number(knownBefore);
    if (fallsShort && page.events.length < limit) this.forget();
  }

  get lastPosition(): string | undefined {
    return this.events.at(-1)?.position;
  }

  /** Whether this process knows of events after the position. */
  goesBeyond(position: string): boolean {
    return this.end !== undefined && this.end > Number(position);
  }

  private get end(): number | undefined {
    const last = this.events.at(-1);
    return last === undefined ? undefined : Number(last.position);
  }
}
