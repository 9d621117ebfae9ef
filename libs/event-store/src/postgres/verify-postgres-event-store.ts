import type pg from 'pg';

import type { StoreVerification } from '../chain-audit.js';
import { ChainAudit } from '../chain-audit.js';
import { DamagedEventError } from '../errors.js';
import type { VerifyOptions } from '../verify-store.js';
import type { AuditPage } from './audit-snapshot.js';
import { AuditSnapshot } from './audit-snapshot.js';
import type { EventRow, HeadRow } from './event-row.js';
import { chainHeadOf, eventOf, metaText } from './event-row.js';
import { quotedName } from './schema-name.js';

export interface VerifyPostgresOptions extends VerifyOptions {
  /** Any role that may read the tables: a connection string, or what `pg` takes. */
  readonly connection: string | pg.ClientConfig;
  readonly schema: string;
}

const pageEvents = 1_000;

/**
 * Walks the whole record as it is kept in PostgreSQL, at one moment, also while others write: what `verifyStore` looks
 * at, and beyond it the stored texts byte by byte, dense positions, and the head rows, so that an event that was
 * removed from the end is missed too.
 * @throws EventStoreUnavailableError when the server is away; damage is reported and never thrown.
 */
export const verifyPostgresEventStore = async (options: VerifyPostgresOptions): Promise<StoreVerification> => {
  const snapshot = await AuditSnapshot.open(options.connection, quotedName(options.schema));
  try {
    const audit = new ChainAudit();
    await auditEvents(snapshot, audit, options);
    await auditHeads(snapshot, audit);
    return audit.result();
  } finally {
    await snapshot.close();
  }
};

const auditEvents = async (
  snapshot: AuditSnapshot,
  audit: ChainAudit,
  { onProgress }: VerifyOptions,
): Promise<void> => {
  const head = await snapshot.head();
  const bounds = await snapshot.bounds();
  if (head === undefined) audit.report({ kind: 'store-head', detail: 'the row of the last position is missing' });
  const last = Math.max(head ?? 0, bounds?.last ?? 0);
  let position = Math.min(1, bounds?.first ?? 1);
  if (position < 1) audit.report({ kind: 'position', position: String(position), detail: 'positions count from 1' });
  if (head !== undefined && last > head) {
    const detail = `events go on to ${last} behind the head ${head}`;
    audit.report({ kind: 'store-head', position: String(head), detail });
  }
  let from: number | undefined = position;
  while (from !== undefined && from <= last) {
    for await (const page of snapshot.events(from, Math.min(from + pageEvents - 1, last))) {
      position = auditPage(audit, page, position);
      onProgress?.({ events: audit.events, ofEvents: last });
    }
    // A gap may be wider than anybody could walk through.
    from = position > from ? from + pageEvents : await snapshot.firstFrom(from + pageEvents);
  }
  reportGap(audit, position, last + 1);
};

/** @returns the position that must come next. */
const auditPage = (audit: ChainAudit, page: AuditPage, next: number): number => {
  if ('unreadablePosition' in page) {
    reportGap(audit, next, page.unreadablePosition);
    audit.report({ kind: 'unreadable', position: String(page.unreadablePosition), detail: page.reason });
    return page.unreadablePosition + 1;
  }
  for (const row of page.rows) {
    reportGap(audit, next, Number(row.pos));
    auditRow(audit, row);
    next = Number(row.pos) + 1;
  }
  return next;
};

const reportGap = (audit: ChainAudit, expected: number, found: number): void => {
  if (found <= expected) return;
  const which = found - expected === 1 ? `position ${expected} is` : `positions ${expected} to ${found - 1} are`;
  audit.report({ kind: 'position', position: String(expected), detail: `${which} missing` });
};

const auditRow = (audit: ChainAudit, row: EventRow): void => {
  try {
    const event = eventOf(row);
    if (metaText(event) === row.meta) return audit.event(event, row.data);
    const detail = 'the text of meta is not what was written';
    audit.damaged(new DamagedEventError(event.stream, event.version, event.position, event.hash, detail));
  } catch (error) {
    if (!(error instanceof DamagedEventError)) throw error;
    audit.damaged(error);
  }
};

/** Whether each stream ends where its head row says. */
const auditHeads = async (snapshot: AuditSnapshot, audit: ChainAudit): Promise<void> => {
  const withoutRow = new Set([...audit.streams()].map(([stream]) => stream));
  let after = '';
  for (;;) {
    const rows = await snapshot.streams(after, pageEvents);
    for (const row of rows) {
      withoutRow.delete(row.stream_id);
      auditHead(audit, row);
    }
    const last = rows.at(-1);
    if (!last) break;
    after = last.stream_id;
  }
  for (const stream of withoutRow) {
    const { version } = audit.head(stream);
    audit.report({ kind: 'stream-head', stream, version, detail: 'the stream has events but no head row' });
  }
};

const auditHead = (audit: ChainAudit, row: HeadRow): void => {
  const last = audit.head(row.stream_id);
  const report = (detail: string): void =>
    audit.report({ kind: 'stream-head', stream: row.stream_id, version: Number(row.version), detail });
  try {
    const head = chainHeadOf(row);
    if (head.version !== last.version) report(`the head says ${head.version}, the last event is ${last.version}`);
    else if (head.hash !== last.hash) report(`the head says hash ${head.hash}, the last event has ${last.hash}`);
    else if (head.recordedAt !== last.recordedAt) report(`the head says ${head.recordedAt}, not ${last.recordedAt}`);
  } catch (error) {
    report(String(error));
  }
};
