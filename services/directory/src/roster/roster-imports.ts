import { createHash } from 'node:crypto';

import { reject } from '@cairn/decider';
import type { Rejected } from '@cairn/decider';
import { EventStore, WrongExpectedVersionError } from '@cairn/event-store';
import { CommandRunner, dateOf, startOfDay } from '@cairn/service-kit';
import type { CommandMeta } from '@cairn/service-kit';
import { Injectable } from '@nestjs/common';

import type { District } from '../district/district.js';
import type { ImportRecord } from '../log/import-log.js';
import { ImportLog } from '../log/import-log.js';
import { ImportTurns } from '../log/import-turns.js';
import { DirectoryNow } from '../read/directory-now.js';
import type { RosterDiff } from './diff-roster.js';
import { diffRoster } from './diff-roster.js';
import type { Roster } from './read-roster-csv.js';
import { readRosterCsv } from './read-roster-csv.js';
import { RosterRecorder } from './record-roster.js';
import type { RosterAnswer } from './roster-answer.js';
import { rosterAnswer } from './roster-answer.js';
import { rosterFacts } from './roster-facts.js';
import type { ImportRejection } from './roster-problems.js';
import { derivedId } from './school-id.js';

/** An import as it was asked for. */
export interface RosterOrder {
  readonly districtId: string;
  readonly mode: 'dry-run' | 'apply';
  /** The day of the district from which on the roster holds: YYYY-MM-DD. */
  readonly effective: string;
  /** The number of candidates that the caller has seen and wants closed. */
  readonly confirmClosing: number | undefined;
  readonly file: Uint8Array;
  readonly meta: CommandMeta;
}

export type ImportOutcome = { readonly outcome: 'done'; readonly answer: RosterAnswer } | Rejected<ImportRejection>;

/** What is settled about an import before anything is compared. */
interface Import {
  readonly order: RosterOrder;
  readonly importId: string;
  readonly district: District;
  readonly roster: Roster;
  readonly effectiveAt: string;
}

const attemptsMax = 3;

/**
 * Imports rosters: reads the file, compares it with the directory as it is at the head of the record, and states the
 * difference, school by school. Every step can be cut off: what was stored is found again, and sending the same file
 * again finishes the rest.
 */
@Injectable()
export class RosterImports {
  constructor(
    private readonly store: EventStore,
    private readonly runner: CommandRunner,
    private readonly directory: DirectoryNow,
    private readonly recorder: RosterRecorder,
    private readonly log: ImportLog,
    private readonly turns: ImportTurns,
  ) {}

  async import(order: RosterOrder): Promise<ImportOutcome> {
    const district = await this.directory.district(order.districtId);
    if (!district) return reject({ type: 'DistrictUnknown', districtId: order.districtId });
    const { effective, mode } = order;
    const effectiveAt = startOfDay(effective, district.timeZone);
    if (effectiveAt > this.runner.now()) return reject({ type: 'EffectiveInFuture', effective });
    const roster = readRosterCsv(order.file);
    if (roster.outcome === 'refused') return reject(roster.refusal);
    const digest = createHash('sha256').update(order.file).digest('hex');
    const importId = derivedId('roster-import', order.districtId, effective, digest, order.confirmClosing ?? 'none');
    const wanted: Import = { order, importId, district, roster, effectiveAt };
    if (mode === 'dry-run') return { outcome: 'done', answer: this.answerOf(wanted, await this.diff(wanted), 0) };
    return this.turns.take(order.districtId, () => this.apply(wanted, 1));
  }

  private async apply(wanted: Import, attempt: number): Promise<ImportOutcome> {
    const { commandKey = '', commandDigest = '' } = wanted.order.meta;
    const underKey = await this.log.withKey(wanted.order.districtId, commandKey);
    if (underKey && underKey.commandDigest !== commandDigest) return reject({ type: 'IdempotencyKeyReused', commandKey });
    if (underKey?.done) return { outcome: 'done', answer: underKey.answer };

    const before = await this.log.withId(wanted.importId);
    const cutOff = before.find(({ done }) => !done);
    const diff = await this.diff(wanted);
    const { confirmClosing } = wanted.order;
    const candidates = diff.closingCandidates.length;
    if (confirmClosing !== undefined && !confirmed(confirmClosing, diff, before)) {
      return reject({ type: 'ClosingCountWrong', confirmed: confirmClosing, candidates });
    }
    const closeCandidates = confirmClosing !== undefined;
    const facts = rosterFacts(diff, { importId: wanted.importId, occurredAt: wanted.effectiveAt, closeCandidates });
    const answer = cutOff?.answer ?? this.answerOf(wanted, diff, closeCandidates ? candidates : 0);
    const kept: Omit<ImportRecord, 'done' | 'answer' | 'rosterVersion'> = {
      importId: wanted.importId,
      districtId: wanted.order.districtId,
      commandKey,
      commandDigest,
    };
    if (facts.length === 0 && !cutOff && before.length > 0) {
      const told = { ...answer, position: `${this.store.scope}:${await this.store.head()}` };
      await this.log.keep({ ...kept, rosterVersion: 0, done: true, answer: told });
      return { outcome: 'done', answer: told };
    }
    const rosterVersion = cutOff?.rosterVersion ?? (await this.recorder.version(wanted.order.districtId));
    await this.log.keep({ ...kept, rosterVersion, done: false, answer });
    try {
      const position = await this.recorder.record(wanted, rosterVersion, facts, answer);
      const told = { ...answer, position };
      await this.log.finish(wanted.importId, told);
      return { outcome: 'done', answer: told };
    } catch (error) {
      if (!(error instanceof WrongExpectedVersionError)) throw error;
      return attempt < attemptsMax ? this.apply(wanted, attempt + 1) : reject({ type: 'TooManyWriters' });
    }
  }

  private async diff({ order, district, roster, effectiveAt }: Import): Promise<RosterDiff> {
    const schools = await this.directory.schools(order.districtId);
    const day = (instant: string): string => dateOf(instant, district.timeZone);
    return diffRoster({ districtId: order.districtId, schools, roster, effectiveAt, dateOf: day });
  }

  private answerOf({ importId, order, roster }: Import, diff: RosterDiff, closed: number): RosterAnswer {
    const { effective, mode } = order;
    const { layout, unknownColumns } = roster;
    return rosterAnswer(diff, { importId, mode, effective, layout, unknownColumns: [...unknownColumns], closed });
  }
}

/**
 * The caller names the exact number of candidates. An import that was cut off was confirmed by its plan, of which some
 * may be closed already; one that was done before has none left, and does nothing.
 */
const confirmed = (count: number, { closingCandidates }: RosterDiff, before: readonly ImportRecord[]): boolean => {
  const cutOff = before.find(({ done }) => !done);
  if (!cutOff) return count === closingCandidates.length || (before.length > 0 && closingCandidates.length === 0);
  const planned = new Set(cutOff.answer.closingCandidates.map(({ schoolId }) => schoolId));
  return count === planned.size && closingCandidates.every(({ school }) => planned.has(school.schoolId));
};
