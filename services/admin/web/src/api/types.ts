import type { AdoptionStatus, Stage } from '@cairn/contracts';

import type { StageKey } from '../lib/stages.js';

export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export interface Principal {
  readonly sub: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly districts: readonly string[];
}
export interface Session {
  readonly principal: Principal;
  readonly local: boolean;
}
export interface Person {
  readonly personId: string;
  readonly name: string;
  readonly role: string;
  readonly description: string;
}

export interface District {
  readonly districtId: string;
  readonly name: string;
  readonly timeZone: string;
  /** 1-12 */
  readonly schoolYearFirstMonth: number;
  /** The district of the sample, whose people and events are synthetic. */
  readonly sample?: boolean;
}
export interface Initiative {
  readonly initiativeId: string;
  readonly name: string;
  readonly description: string;
  /** The fidelity score, 0-1, that counts as full use. */
  readonly fidelityCut: number;
}
export interface ExternalId {
  readonly scheme: string;
  readonly value: string;
}
export interface School {
  readonly schoolId: string;
  readonly name: string;
  readonly externalIds: readonly ExternalId[];
  readonly latitude?: number;
  readonly longitude?: number;
  readonly enrollment?: number;
}

export type Totals = Readonly<Record<StageKey, number>>;

export interface AdoptionRow {
  readonly schoolId: string;
  readonly name: string;
  readonly stage: Stage | null;
  readonly status: AdoptionStatus;
  readonly since: string | null;
  readonly daysInStage: number | null;
  readonly version: number;
  readonly eventId: string | null;
}
export interface Adoption {
  readonly effective: string;
  readonly recorded: string;
  readonly position: string;
  readonly totals: Totals;
  readonly statuses: Readonly<Record<AdoptionStatus, number>>;
  readonly schools: readonly AdoptionRow[];
}
export interface TrendPoint {
  readonly date: string;
  readonly totals: Totals;
}

export interface StandingOfSchool {
  readonly stage: Stage | null;
  readonly status: AdoptionStatus;
  readonly name: string;
}
export interface ChangeEvent {
  readonly eventId: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly recordedAt: string;
}
/** `before` is null for a school that was not open then, `after` for one that no longer is. */
export interface Change {
  readonly schoolId: string;
  readonly name: string;
  readonly class: string;
  readonly before: StandingOfSchool | null;
  readonly after: StandingOfSchool | null;
  readonly events: readonly ChangeEvent[];
}
export interface Changes {
  readonly from: string;
  readonly to: string;
  readonly recordedFrom: string;
  readonly recordedTo: string;
  readonly before: { readonly totals: Totals };
  readonly after: { readonly totals: Totals };
  readonly classes: Readonly<Record<string, number>>;
  readonly items: readonly Change[];
  readonly next?: string;
}

export interface HistoryItem {
  readonly eventId: string;
  readonly type: string;
  readonly initiativeId?: string;
  readonly version: number;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly actor: string;
  readonly onBehalfOf?: string;
  readonly corrects?: string;
  readonly correctedBy?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface CommandAnswer {
  readonly stream: string;
  readonly version: number;
  readonly position: string;
  readonly events: readonly { readonly eventId: string; readonly type: string }[];
}

export interface RosterDiff {
  readonly importId: string;
  readonly opened: readonly { readonly line: number; readonly name: string; readonly externalIds: readonly ExternalId[]; readonly reopened?: true }[];
  readonly renamed: readonly { readonly line: number; readonly schoolId: string; readonly from: string; readonly to: string }[];
  readonly changed: readonly {
    readonly line: number;
    readonly schoolId: string;
    readonly name: string;
    readonly changes: readonly { readonly field: string; readonly from?: unknown; readonly to?: unknown }[];
  }[];
  readonly unchanged: number;
  readonly closingCandidates: readonly {
    readonly schoolId: string;
    readonly name: string;
    readonly externalIds: readonly ExternalId[];
    readonly reason?: string;
  }[];
  /** How many of the candidates were closed. */
  readonly closed?: number;
  readonly rejected: readonly { readonly line: number; readonly column?: string; readonly reason: string }[];
  readonly unknownColumns: readonly string[];
  readonly position?: string;
}

/** Whether pages can be read, and while the platform starts, how far it is. */
export interface Readiness {
  readonly status: 'ready' | 'starting';
  readonly progress?: unknown;
}
