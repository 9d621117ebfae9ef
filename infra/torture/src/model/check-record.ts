import { verifyPostgresEventStore } from '@cairn/event-store';
import type { SqlSession } from '@cairn/event-bus';

import type { AppendLedger } from '../ledger/append-ledger.js';
import { storeSchema } from '../system/settings.js';

interface StoredRow {
  readonly pos: number;
  readonly stream: string;
  readonly version: number;
  readonly id: string;
  readonly recorded_at: string;
}

const toldMax = 20;

/**
 * Set, order and contiguity of the record against the ledger, read by SQL of its own: every acknowledged event stands at
 * the version and the position that were acknowledged, nothing else stands there, no position and no version is missing.
 */
export const checkRecord = async (session: SqlSession, ledger: AppendLedger): Promise<string[]> => {
  const rows = await session.query<StoredRow>(
    `SELECT pos::int, stream_id AS stream, version::int, event_id::text AS id, recorded_at::text
     FROM ${storeSchema}.es_event ORDER BY pos`,
  );
  const mismatches = [...ledger.contradictions];
  const versions = new Map<string, number>();
  const lastRecorded = new Map<string, string>();
  rows.forEach((row, at) => {
    if (row.pos !== at + 1) mismatches.push(`record: position ${row.pos} stands where ${at + 1} follows`);
    const version = (versions.get(row.stream) ?? 0) + 1;
    if (row.version !== version) mismatches.push(`record: version ${row.version} of ${row.stream} stands where ${version} follows`);
    versions.set(row.stream, row.version);
    if (row.recorded_at < (lastRecorded.get(row.stream) ?? '')) mismatches.push(`record: ${row.stream} was recorded backwards at ${row.version}`);
    lastRecorded.set(row.stream, row.recorded_at);
    const asked = ledger.streams.get(row.stream)?.[row.version - 1];
    if (asked?.id !== row.id) mismatches.push(`record: ${row.id} stands at version ${row.version} of ${row.stream}, acknowledged was ${asked?.id}`);
    else if (asked.position !== row.pos) mismatches.push(`record: ${row.id} stands at ${row.pos}, acknowledged was ${asked.position}`);
  });
  for (const [stream, entries] of ledger.streams) {
    const stored = versions.get(stream) ?? 0;
    if (stored !== entries.length) mismatches.push(`record: ${stream} ends at ${stored}, acknowledged was ${entries.length}`);
  }
  const [head] = await session.query<{ pos: number }>(`SELECT pos::int FROM ${storeSchema}.es_head`);
  if (head?.pos !== rows.length) mismatches.push(`record: the head is ${head?.pos}, there are ${rows.length} events`);
  return mismatches.slice(0, toldMax);
};

/** Commands that stand on record in part: at no moment may anybody see one, whether it was acknowledged or not. */
export const checkWhole = async (session: SqlSession, ledger: AppendLedger): Promise<string[]> => {
  const rows = await session.query<{ command: string; events: number }>(
    `SELECT meta->>'correlationId' AS command, count(*)::int AS events FROM ${storeSchema}.es_event GROUP BY 1`,
  );
  return rows.flatMap(({ command, events }) => {
    const asked = ledger.asked.get(command)?.stones.length;
    return asked === events ? [] : [`record: ${events} events of command ${command} stand there, asked was ${asked}`];
  });
};

/** The hash chains, by the verification that operators use. */
export const checkChains = async (url: string): Promise<string[]> => {
  const { breaks } = await verifyPostgresEventStore({ connection: url, schema: storeSchema });
  return breaks.slice(0, toldMax).map((found) => `chain: ${JSON.stringify(found)}`);
};
