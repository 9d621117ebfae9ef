import type { Page, ProjectionSource } from './projection.js';

interface PageAhead<Event> {
  readonly after: string;
  readonly page: Promise<Page<Event>>;
  /** What came, once it is there. */
  answer?: Page<Event>;
}

/** So that memory stays bounded. */
const pagesAheadMax = 2;

/**
 * Reads the pages of a source one after the other, and on request the next ones before they are asked for: two at most,
 * of which the second is begun once the first is there and has events. With one alone, whoever writes the batches waits
 * whenever a page takes longer than a batch.
 */
export class ReadAhead<Event> {
  private ahead: PageAhead<Event>[] = [];

  constructor(
    private readonly source: Pick<ProjectionSource<Event>, 'read'>,
    private readonly limit: number,
  ) {}

  /** The page after the position: what was read ahead if it is that one, which may lack what was recorded since. */
  after(position: string | undefined): Promise<Page<Event>> {
    const next = this.ahead.shift();
    if (next !== undefined && next.after === position) return next.page;
    this.forget();
    return this.source.read(position, this.limit);
  }

  /** Begins to read the page after the position, unless that is under way or there. */
  readOn(position: string): void {
    const [next] = this.ahead;
    // That nothing followed was true before the page that is worked on now was taken; something may by now.
    if (next?.after !== position || (next.answer !== undefined && isEnd(next, next.answer))) {
      this.ahead = [];
      this.read(position);
      return;
    }
    this.goOn(this.ahead);
  }

  forget(): void {
    this.ahead = [];
  }

  private read(after: string): void {
    const { ahead } = this;
    const next: PageAhead<Event> = { after, page: this.source.read(after, this.limit) };
    ahead.push(next);
    next.page.then(
      (answer) => {
        next.answer = answer;
        this.goOn(ahead);
      },
      () => undefined, // Whoever asks for the page is told; a failure of the one before comes first.
    );
  }

  /** Begins the page after the last one that is there, unless these pages were given up. */
  private goOn(ahead: PageAhead<Event>[]): void {
    const last = ahead.at(-1);
    if (this.ahead !== ahead || ahead.length >= pagesAheadMax || last?.answer === undefined || isEnd(last, last.answer)) return;
    if (last.answer.readUpTo !== undefined) this.read(last.answer.readUpTo);
  }
}

const isEnd = <Event>({ after }: PageAhead<Event>, { events, readUpTo, isLast }: Page<Event>): boolean =>
  isLast === true || readUpTo === undefined || readUpTo === after || events.length === 0;
