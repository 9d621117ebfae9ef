import type { Page, ProjectionSource } from './projection.js';

/**
 * Reads the pages of a source one after the other, and on request the next one before it is asked for: one at most, so
 * that memory stays bounded.
 */
export class ReadAhead<Event> {
  private ahead: { readonly after: string | undefined; readonly page: Promise<Page<Event>> } | undefined;

  constructor(
    private readonly source: Pick<ProjectionSource<Event>, 'read'>,
    private readonly limit: number,
  ) {}

  /** The page after the position: what was read ahead if it is that one, which may lack what was recorded since. */
  after(position: string | undefined): Promise<Page<Event>> {
    const { ahead } = this;
    this.ahead = undefined;
    return ahead?.after === position && ahead !== undefined ? ahead.page : this.source.read(position, this.limit);
  }

  /** Begins to read the page after the position. */
  readOn(position: string): void {
    const page = this.source.read(position, this.limit);
    page.catch(() => undefined); // Whoever asks for the page is told; a failure of the one before comes first.
    this.ahead = { after: position, page };
  }

  forget(): void {
    this.ahead = undefined;
  }
}
