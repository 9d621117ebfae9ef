import type { CopyTarget } from '../../copy/copy-store.js';
import { CopyRefusedError } from '../../copy/copy-store.js';
import { piecesOf } from '../../copy/runs.js';
import type { RecordedEvent, StreamId } from '../../event.js';
import type { ChainHead } from '../../hash-chain.js';
import { brokenLink, canonicalJson, chainStart } from '../../hash-chain.js';
import { headsQuery } from '../append-statements.js';
import type { PostgresEventStoreOptions } from '../connection-options.js';
import type { HeadRow } from '../event-row.js';
import { chainHeadOf } from '../event-row.js';
import { PostgresEventStore } from '../postgres-event-store.js';
import type { StreamMove } from './bulk-writer.js';
import { CopyPages } from './copy-pages.js';

/**
 * Opens a record that `migratePostgresEventStore` made as the target of `copyStore`: a record moves back to
 * PostgreSQL, or into another database. Close its `store` afterwards.
 */
export const openPostgresEventStoreImport = (options: Omit<PostgresEventStoreOptions, 'clock'>): CopyTarget => {
  const store = new ImportingPostgresEventStore({ ...options, clock: noClock });
  return { store, take: (piece) => store.take(piece), cut: piecesOf };
};

/** What is copied has its times already. */
const noClock = {
  now: (): string => {
    throw new Error('A record that is opened for a copy takes no new events');
  },
};

class ImportingPostgresEventStore extends PostgresEventStore {
  /** Stores events of any streams, in their order, in one transaction. */
  async take(piece: readonly RecordedEvent[]): Promise<void> {
    const streams = [...new Set(piece.map(({ stream }) => stream))].map((stream) => ({ stream }));
    const rows = await this.query<HeadRow>(headsQuery(this.schema, streams));
    const before = new Map(rows.map((row) => [row.stream_id, chainHeadOf(row)]));
    const after = new Map<StreamId, ChainHead>(before);
    const pages = new CopyPages();
    for (const event of piece) {
      const dataText = canonicalJson(event.data);
      const broken = brokenLink(after.get(event.stream) ?? chainStart, event, dataText);
      if (broken) throw new CopyRefusedError(`${event.stream} of the target does not go on with version ${event.version}: ${broken.detail}`);
      after.set(event.stream, event);
      pages.add(event, dataText);
    }
    const moves = streams.map(({ stream }): StreamMove => {
      const from = before.get(stream) ?? chainStart;
      return { stream, from, to: after.get(stream) ?? from };
    });
    if (moves.length > 0 && (await this.bulk.write(moves, pages)) === undefined) {
      throw new CopyRefusedError('Somebody writes to the target during the copy');
    }
  }
}
