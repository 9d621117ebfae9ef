import { queryOn } from '@cairn/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import type { RosterAnswer } from '../roster/roster-answer.js';

/**
 * How far each import is. An import is a process over many streams: its row is written before its first fact, so that
 * one which was cut off is finished as it was planned, and answers as it would have.
 */
export const importDdl = `CREATE TABLE roster_import (
  import_id uuid, command_key text, command_digest text NOT NULL, district_id text NOT NULL,
  roster_version int NOT NULL, done boolean NOT NULL, answer json NOT NULL, PRIMARY KEY (import_id, command_key));
CREATE UNIQUE INDEX ON roster_import (district_id, command_key) WHERE command_key <> ''`;

export interface ImportRecord {
  /** Derived from what is imported: the same file, day and confirmation is the same import. */
  readonly importId: string;
  readonly districtId: string;
  /** The caller's key, with a digest of what was asked under it; blank without one. */
  readonly commandKey: string;
  readonly commandDigest: string;
  /** Version of the district's roster stream when the import was planned. */
  readonly rosterVersion: number;
  /** Whether every fact is stored, and the import told of. */
  readonly done: boolean;
  readonly answer: RosterAnswer;
}

const columns = `import_id AS "importId", command_key AS "commandKey", command_digest AS "commandDigest",
  district_id AS "districtId", roster_version AS "rosterVersion", done, answer`;

/** The log of imports that the service keeps for itself; what others may know of them is in the record. */
@Injectable()
export class ImportLog {
  constructor(private readonly dataSource: DataSource) {}

  async withKey(districtId: string, commandKey: string): Promise<ImportRecord | undefined> {
    const sql = `SELECT ${columns} FROM roster_import WHERE district_id = $1 AND command_key = $2`;
    return commandKey === '' ? undefined : (await this.session.query<ImportRecord>(sql, [districtId, commandKey]))[0];
  }

  /** The same content may have been sent under several keys. */
  withId(importId: string): Promise<readonly ImportRecord[]> {
    return this.session.query<ImportRecord>(`SELECT ${columns} FROM roster_import WHERE import_id = $1`, [importId]);
  }

  async keep(record: ImportRecord): Promise<void> {
    const { importId, commandKey, commandDigest, districtId, rosterVersion, done, answer } = record;
    await this.session.query(
      `INSERT INTO roster_import (import_id, command_key, command_digest, district_id, roster_version, done, answer)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (import_id, command_key) DO UPDATE SET
         roster_version = excluded.roster_version, done = excluded.done, answer = excluded.answer`,
      [importId, commandKey, commandDigest, districtId, rosterVersion, done, JSON.stringify(answer)],
    );
  }

  /** Nothing of the import is left to do, whichever request does it. */
  async finish(importId: string, answer: RosterAnswer): Promise<void> {
    const sql = 'UPDATE roster_import SET done = true, answer = $2 WHERE import_id = $1 AND NOT done';
    await this.session.query(sql, [importId, JSON.stringify(answer)]);
  }

  private get session() {
    return queryOn(this.dataSource);
  }
}
