import { directoryEventSchema, topics } from '@cairn/contracts';
import type { DirectoryPublicEvent } from '@cairn/contracts';
import type { IncomingMessage, SqlSession } from '@cairn/event-bus';
import { BusContext, knownEvent } from '@cairn/service-kit';
import { Controller, Injectable } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';

// Tables

@Entity({ name: 'district_copy' })
export class DistrictRow {
  @PrimaryColumn({ name: 'district_id', type: 'text' }) districtId!: string;
  @Column({ name: 'time_zone', type: 'text' }) timeZone!: string;
}

@Entity({ name: 'school_copy' })
export class SchoolRow {
  @PrimaryColumn({ name: 'district_id', type: 'text' }) districtId!: string;
  @PrimaryColumn({ name: 'school_id', type: 'text' }) schoolId!: string;
  @Column({ name: 'opened_at', type: 'text' }) openedAt!: string;
  @Column({ name: 'closed_at', type: 'text', nullable: true }) closedAt!: string | null;
}

@Entity({ name: 'initiative_copy' })
export class InitiativeRow {
  @PrimaryColumn({ name: 'district_id', type: 'text' }) districtId!: string;
  @PrimaryColumn({ name: 'initiative_id', type: 'text' }) initiativeId!: string;
  @Column({ name: 'fidelity_cut', type: 'double precision' }) fidelityCut!: number;
}

export const directoryCopyRows = [DistrictRow, SchoolRow, InitiativeRow];

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

/** What the scaling plan knows of the directory: enough to decide, and no more. */
@Injectable()
export class DirectoryCopy {
  constructor(private readonly dataSource: DataSource) {}

  async find(districtId: string, schoolId: string, initiativeId: string): Promise<Known> {
    const [district, school, initiative] = await Promise.all([
      this.dataSource.getRepository(DistrictRow).findOneBy({ districtId }),
      this.dataSource.getRepository(SchoolRow).findOneBy({ districtId, schoolId }),
      this.dataSource.getRepository(InitiativeRow).findOneBy({ districtId, initiativeId }),
    ]);
    return {
      district: district ?? undefined,
      school: school ? { openedAt: school.openedAt, closedAt: school.closedAt ?? undefined } : undefined,
      initiative: initiative ?? undefined,
    };
  }
}
