import { directoryEventSchema, topics } from '@cairn/contracts';
import type { DirectoryPublicEvent } from '@cairn/contracts';
import type { IncomingMessage, SqlSession } from '@cairn/event-bus';
import { BusContext, knownEvent, queryOn } from '@cairn/service-kit';
import { Controller, Injectable } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';

// Tables

export class CreateDirectoryCopy1700000000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE district_copy (district_id text PRIMARY KEY, time_zone text NOT NULL)`);
    await runner.query(`CREATE TABLE school_copy (district_id text, school_id text, opened_at text NOT NULL, closed_at text,
      PRIMARY KEY (district_id, school_id))`);
    await runner.query(`CREATE TABLE initiative_copy (district_id text, initiative_id text, fidelity_cut double precision NOT NULL,
      PRIMARY KEY (district_id, initiative_id))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE initiative_copy, school_copy, district_copy');
  }
}

// Projection

/** Puts one public event of the directory into the copy. Applying it twice changes nothing. */
const apply = async (event: DirectoryPublicEvent, session: SqlSession): Promise<void> => {
  switch (event.type) {
    case 'org.cairn.directory.district-registered.v1':
      await session.query(
        `INSERT INTO district_copy VALUES ($1, $2) ON CONFLICT (district_id) DO UPDATE SET time_zone = excluded.time_zone`,
        [event.data.districtId, event.data.timeZone],
      );
      return;
    case 'org.cairn.directory.initiative-defined.v1':
      await session.query(
        `INSERT INTO initiative_copy VALUES ($1, $2, $3)
         ON CONFLICT (district_id, initiative_id) DO UPDATE SET fidelity_cut = excluded.fidelity_cut`,
        [event.district, event.data.initiativeId, event.data.fidelityCut],
      );
      return;
    case 'org.cairn.directory.school-opened.v1':
      await session.query(`INSERT INTO school_copy VALUES ($1, $2, $3, NULL) ON CONFLICT DO NOTHING`, [
        event.district,
        event.data.schoolId,
        event.time,
      ]);
      return;
    case 'org.cairn.directory.school-closed.v1':
      await setClosed(session, event.district, event.data.schoolId, event.time);
      return;
    case 'org.cairn.directory.school-reopened.v1':
      await setClosed(session, event.district, event.data.schoolId, null);
      return;
    default:
      return; // Names, profiles and external ids decide nothing here.
  }
};

const setClosed = async (session: SqlSession, district: string, schoolId: string, at: string | null): Promise<void> => {
  await session.query('UPDATE school_copy SET closed_at = $3 WHERE district_id = $1 AND school_id = $2', [district, schoolId, at]);
};

// Bus

/** Keeps the copy. An event that this version does not know is parked: it may be one that a decision rests on. */
@Controller()
export class DirectoryCopyKeeper {
  @EventPattern<string>(topics.directory.name)
  async keep(@Payload() messages: readonly IncomingMessage[], @Ctx() { session }: BusContext): Promise<void> {
    for (const message of messages) await apply(knownEvent(directoryEventSchema, message), session);
  }
}

// Query

/** What is known of the three that a command names; undefined: the directory has none. */
export interface Known {
  readonly district: { readonly timeZone: string } | undefined;
  readonly school: { readonly openedAt: string; readonly closedAt: string | undefined } | undefined;
  readonly initiative: { readonly fidelityCut: number } | undefined;
}

interface KnownRow {
  readonly timeZone: string | null;
  readonly openedAt: string | null;
  readonly closedAt: string | null;
  readonly fidelityCut: number | null;
}

/** One statement for all three: every command asks it. */
const knownSql = `
  SELECT d.time_zone AS "timeZone", s.opened_at AS "openedAt", s.closed_at AS "closedAt", i.fidelity_cut AS "fidelityCut"
  FROM (VALUES ($1::text, $2::text, $3::text)) AS asked (district_id, school_id, initiative_id)
  LEFT JOIN district_copy d USING (district_id)
  LEFT JOIN school_copy s USING (district_id, school_id)
  LEFT JOIN initiative_copy i USING (district_id, initiative_id)`;

/** What the scaling plan knows of the directory: enough to decide, and no more. */
@Injectable()
export class DirectoryCopy {
  private readonly session: SqlSession;

  constructor(dataSource: DataSource) {
    this.session = queryOn(dataSource);
  }

  async find(districtId: string, schoolId: string, initiativeId: string): Promise<Known> {
    const [row] = await this.session.query<KnownRow>(knownSql, [districtId, schoolId, initiativeId], { name: 'known_of_directory' });
    const { timeZone = null, openedAt = null, closedAt = null, fidelityCut = null } = row ?? {};
    return {
      district: timeZone === null ? undefined : { timeZone },
      school: openedAt === null ? undefined : { openedAt, closedAt: closedAt ?? undefined },
      initiative: fidelityCut === null ? undefined : { fidelityCut },
    };
  }
}
