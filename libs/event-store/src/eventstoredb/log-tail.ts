import type { Position } from '../event.js';
import { eventStoreLimits } from '../event.js';
import { beforeTheFirst } from '../decimal-position.js';
import type { EventStoreDbCalls } from './client/eventstoredb-calls.js';
import { readAllRequest } from './client/read-requests.js';
import { positionOf } from './recorded-envelope.js';

interface SeenTail {
  /** Commit position of the last event of the scope; 0 before the first. */
  readonly last: number;
  /** No event of the scope stands between `last` and here. */
  readonly lookedUpTo: number;
}

const pageEvents = 500;
/** So many at the end of the log are looked at for one that is shown, where the last one is not. */
const endEvents = 16;

/**
 * Where the events of the scope end in the server's log, which holds those of everybody. Remembers how far it looked,
 * so that a scope that rests in a busy log costs nothing, and one that rests in a resting log one small call.
 */
export class LogTail {
  private seen: SeenTail | undefined;
  /** Shared by all who come before it has ended: it may go through the whole log. */
  private firstSearch: Promise<void> | undefined;

  constructor(
    private readonly calls: EventStoreDbCalls,
    private readonly prefix: string,
  ) {}

  /** From where a read may start that is to see what comes after `position`. */
  skipTo(position: number): number {
    const { seen } = this;
    return seen && seen.last <= position && position < seen.lookedUpTo ? seen.lookedUpTo : position;
  }

  async head(): Promise<Position> {
    const seen = this.seen ?? (await this.first());
    // Asked before the search: what was looked at is at least this much.
    const end = await this.end();
    if (end !== undefined && end <= seen.lookedUpTo) return textOf(seen.last);
    const last = await this.lastAfter(seen);
    this.remember({ last, lookedUpTo: Math.max(end ?? seen.lookedUpTo, last) });
    return textOf(last);
  }

  private async first(): Promise<SeenTail> {
    this.firstSearch ??= this.searchBackwards().finally(() => (this.firstSearch = undefined));
    await this.firstSearch;
    return this.seen ?? { last: 0, lookedUpTo: 0 };
  }

  private async searchBackwards(): Promise<void> {
    const end = (await this.end()) ?? 0;
    const { answers } = await this.calls.search(readAllRequest({ prefix: this.prefix, backwards: true, count: 1 }));
    const [answer] = answers;
    const last = answer ? Number(positionOf(answer)) : 0;
    this.remember({ last, lookedUpTo: Math.max(end, last) });
  }

  private remember(found: SeenTail): void {
    if (!this.seen || found.lookedUpTo > this.seen.lookedUpTo) this.seen = found;
  }

  /**
   * The last event of all, as far as it is shown: the server counts what it hides, such as what it writes at each start,
   * among those that it was asked for. Undefined where it has last written nothing else: others may have before that.
   */
  private async end(): Promise<number | undefined> {
    const last = (count: number) => this.calls.read(readAllRequest({ backwards: true, count }));
    const [answer] = await last(1);
    const [shown] = answer ? [answer] : await last(endEvents);
    return shown && Number(positionOf(shown));
  }

  private async lastAfter({ last, lookedUpTo }: SeenTail): Promise<number> {
    let found = last;
    for (let from = lookedUpTo; ; ) {
      const at = from > 0 ? { from } : {};
      const request = readAllRequest({ ...at, prefix: this.prefix, count: pageEvents });
      const { answers, cut } = await this.calls.search(request, eventStoreLimits.readBytesMax);
      found = answers.map((answer) => Number(positionOf(answer))).reduce((max, at) => Math.max(max, at), found);
      if ((!cut && answers.length < pageEvents) || found <= from) return found;
      from = found;
    }
  }
}

const textOf = (position: number): Position => (position === 0 ? beforeTheFirst : String(position));
