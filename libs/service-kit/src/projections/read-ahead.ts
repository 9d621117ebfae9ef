import type { Page, ProjectionSource } from './projection.js';

/** With this many events on a page more are likely to follow: whoever is caught up gets a few at a time. */
const manyEvents = 50;

/** Reads pages of a source one after the other, and the next one while the last is being written when there is much to read. */
export class ReadAhead<Event> {
  private ahead: { readonly after: string | undefined; readonly page: Promise<Page<Event>> } | undefined;

  constructor(
    private readonly source: ProjectionSource<Event>,
    private readonly limit: number,
  ) {}

  /** The page after the position. What was read ahead from another position, or found nothing then, is not used. */
  async read(after: string | undefined): Promise<Page<Event>> {
    const ahead = this.ahead;
    this.ahead = undefined;
    const early = ahead?.after === after ? await ahead?.page : undefined;
    const page = early !== undefined && early.events.length > 0 ? early : await this.source.read(after, this.limit);
    if (page.events.length >= manyEvents) this.start(page.readUpTo);
    return page;
  }

  /** Forgets what was read ahead: the source may be another one. */
  forget(): void {
    this.ahead = undefined;
  }

  private start(after: string | undefined): void {
    const page = this.source.read(after, this.limit);
    // Who reads it is told; where nobody does, a failure is of no consequence.
    page.catch(() => undefined);
    this.ahead = { after, page };
  }
}
