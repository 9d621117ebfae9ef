import type { FactKind, Stage } from '@cairn/contracts';

/** A fidelity score as a refusal quotes it. */
export interface WindowScore {
  readonly window: string;
  readonly score: number;
}

/** Why a fact may not stand where it would stand: the rules of the adoption timeline. */
export type TimelineRejection =
  | { readonly type: 'AdoptionNotStarted'; readonly occurredAt: string }
  | { readonly type: 'AdoptionAlreadyStarted'; readonly stage: Stage }
  | { readonly type: 'AdoptionPaused'; readonly since: string }
  | { readonly type: 'AdoptionNotPaused'; readonly status: string }
  | { readonly type: 'AdoptionAbandoned'; readonly since: string }
  | { readonly type: 'AdoptionNotAbandoned'; readonly status: string }
  | { readonly type: 'StageSkipped'; readonly from: Stage; readonly to: Stage; readonly next: Stage }
  | { readonly type: 'StageNotLater'; readonly from: Stage; readonly to: Stage }
  | { readonly type: 'StageNotEarlier'; readonly from: Stage; readonly to: Stage }
  | { readonly type: 'StageUnchanged'; readonly stage: Stage }
  | { readonly type: 'EvidenceMissing'; readonly to: Stage }
  | { readonly type: 'ReasonMissing'; readonly fact: FactKind }
  | { readonly type: 'FidelityMissing'; readonly cut: number; readonly windows: readonly WindowScore[] };

/** Every refusal of a command about a school's adoption. */
export type AdoptionRejection =
  | TimelineRejection
  | { readonly type: 'UnknownDistrict'; readonly districtId: string }
  | { readonly type: 'UnknownSchool'; readonly schoolId: string }
  | { readonly type: 'UnknownInitiative'; readonly initiativeId: string }
  | { readonly type: 'FactInFuture'; readonly occurredAt: string; readonly now: string }
  | { readonly type: 'FactBeforeSchoolOpened'; readonly occurredAt: string; readonly openedAt: string }
  | { readonly type: 'FactAfterSchoolClosed'; readonly occurredAt: string; readonly closedAt: string }
  | { readonly type: 'NoStageAfterLast'; readonly stage: Stage }
  | { readonly type: 'NoStageBeforeFirst'; readonly stage: Stage }
  | {
      readonly type: 'LaterFactBroken';
      /** The fact on record that could no longer stand, and the rule that it would break. */
      readonly eventId: string;
      readonly fact: FactKind;
      readonly occurredAt: string;
      readonly rule: TimelineRejection['type'];
    }
  | { readonly type: 'FactUnknown'; readonly correctsEventId: string }
  | { readonly type: 'FactNoLongerStands'; readonly correctsEventId: string; readonly newestEventId: string }
  | { readonly type: 'WithdrawalWithValues'; readonly members: readonly string[] }
  | { readonly type: 'CorrectionEmpty' }
  | { readonly type: 'CorrectionForeign'; readonly fact: FactKind; readonly members: readonly string[] };
