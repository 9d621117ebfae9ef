import type { FactKind, Stage } from '@cairn/contracts';
import type { ProblemCatalogue } from '@cairn/service-kit';

import type { AdoptionRejection, TimelineRejection } from './adoption-rejection.js';

const stageNames: Readonly<Record<Stage, string>> = {
  exploration: 'Exploration',
  installation: 'Installation',
  'initial-implementation': 'Initial Implementation',
  'full-implementation': 'Full Implementation',
};

const factNames: Readonly<Record<FactKind, string>> = {
  started: 'the start',
  advanced: 'an advance',
  regressed: 'a step back',
  overridden: 'an override',
  paused: 'a pause',
  resumed: 'a resumption',
  abandoned: 'an abandonment',
  restarted: 'a restart',
  'fidelity-recorded': 'a fidelity score',
};

const ruleNames: Readonly<Record<TimelineRejection['type'], string>> = {
  AdoptionNotStarted: 'it would come before the adoption was started',
  AdoptionAlreadyStarted: 'the adoption would be started twice',
  AdoptionPaused: 'it would fall into a pause',
  AdoptionNotPaused: 'there would be no pause to end',
  AdoptionAbandoned: 'it would come after the adoption was abandoned',
  AdoptionNotAbandoned: 'there would be nothing to restart',
  StageSkipped: 'it would skip a stage',
  StageNotLater: 'it would not lead to a later stage',
  StageNotEarlier: 'it would not lead to an earlier stage',
  StageUnchanged: 'it would not change the stage',
  EvidenceMissing: 'it would lack evidence',
  ReasonMissing: 'it would lack a reason',
  FidelityMissing: 'it would lack fidelity in two windows',
};

const quotedScores = (windows: readonly { readonly window: string; readonly score: number }[]): string =>
  windows.length === 0 ? 'none is recorded' : `recorded so far: ${windows.map(({ window, score }) => `${window}, ${score}`).join('; ')}`;

/** What each refusal is over HTTP, and in words. */
export const adoptionProblems: ProblemCatalogue<AdoptionRejection> = {
  UnknownDistrict: {
    type: '/problems/unknown-district',
    title: 'This district is not known',
    status: 404,
    detail: ({ districtId }) => `There is no district "${districtId}".`,
  },
  UnknownSchool: {
    type: '/problems/unknown-school',
    title: 'This school is not known',
    status: 404,
    detail: ({ schoolId }) => `The district has no school "${schoolId}".`,
  },
  UnknownInitiative: {
    type: '/problems/unknown-initiative',
    title: 'This initiative is not known',
    status: 404,
    detail: ({ initiativeId }) => `The district has no initiative "${initiativeId}".`,
  },
  AdoptionNotStarted: {
    type: '/problems/adoption-not-started',
    title: 'The school has not started',
    status: 409,
    detail: ({ occurredAt }) => `On ${occurredAt} the school had not started with this initiative. Record the start first.`,
    field: 'occurredAt',
  },
  AdoptionAlreadyStarted: {
    type: '/problems/adoption-already-started',
    title: 'The school has started already',
    status: 409,
    detail: ({ stage }) => `The school has started already and was in ${stageNames[stage]} then.`,
  },
  AdoptionPaused: {
    type: '/problems/adoption-paused',
    title: 'The adoption is paused',
    status: 409,
    detail: ({ since }) => `The adoption was paused from ${since} on. Record when it was resumed first.`,
    field: 'occurredAt',
  },
  AdoptionNotPaused: {
    type: '/problems/adoption-not-paused',
    title: 'The adoption is not paused',
    status: 409,
    detail: ({ status }) => `The adoption was ${status} then; only a paused one is resumed.`,
    field: 'occurredAt',
  },
  AdoptionAbandoned: {
    type: '/problems/adoption-abandoned',
    title: 'The adoption was abandoned',
    status: 409,
    detail: ({ since }) => `The adoption was abandoned from ${since} on. Record a restart first.`,
    field: 'occurredAt',
  },
  AdoptionNotAbandoned: {
    type: '/problems/adoption-not-abandoned',
    title: 'The adoption was not abandoned',
    status: 409,
    detail: ({ status }) => `The adoption was ${status} then; only an abandoned one is restarted.`,
    field: 'occurredAt',
  },
  StageSkipped: {
    type: '/problems/stage-skipped',
    title: 'Stages cannot be skipped',
    status: 409,
    detail: ({ from, to, next }) =>
      `After ${stageNames[from]} comes ${stageNames[next]}, not ${stageNames[to]}. Override the stage, with a reason, if it was skipped in fact.`,
    field: 'to',
  },
  StageNotLater: {
    type: '/problems/stage-not-later',
    title: 'This is not a later stage',
    status: 409,
    detail: ({ from, to }) => `The school was in ${stageNames[from]} then; ${stageNames[to]} does not come after it.`,
    field: 'to',
  },
  StageNotEarlier: {
    type: '/problems/stage-not-earlier',
    title: 'This is not an earlier stage',
    status: 409,
    detail: ({ from, to }) => `The school was in ${stageNames[from]} then; ${stageNames[to]} does not come before it.`,
    field: 'to',
  },
  StageUnchanged: {
    type: '/problems/stage-unchanged',
    title: 'The stage is the same',
    status: 409,
    detail: ({ stage }) => `The school was in ${stageNames[stage]} then already.`,
    field: 'to',
  },
  NoStageAfterLast: {
    type: '/problems/no-stage-after-last',
    title: 'There is no later stage',
    status: 409,
    detail: ({ stage }) => `The school was in ${stageNames[stage]} then, which is the last stage.`,
    field: 'to',
  },
  NoStageBeforeFirst: {
    type: '/problems/no-stage-before-first',
    title: 'There is no earlier stage',
    status: 409,
    detail: ({ stage }) => `The school was in ${stageNames[stage]} then, which is the first stage.`,
    field: 'to',
  },
  EvidenceMissing: {
    type: '/problems/evidence-missing',
    title: 'Evidence is missing',
    status: 422,
    detail: ({ to }) => `${stageNames[to]} needs evidence of first use: say in "evidence" what was seen, where and by whom.`,
    field: 'evidence',
  },
  ReasonMissing: {
    type: '/problems/reason-missing',
    title: 'A reason is missing',
    status: 422,
    detail: ({ fact }) => `Recording ${factNames[fact]} needs a reason: say in "reason" why.`,
    field: 'reason',
  },
  FidelityMissing: {
    type: '/problems/fidelity-missing',
    title: 'Full Implementation needs fidelity in two windows',
    status: 409,
    detail: ({ cut, windows }) =>
      `Full Implementation needs a fidelity of ${cut} or more in two windows since the adoption was started; ${quotedScores(windows)}.`,
    field: 'to',
  },
  FactInFuture: {
    type: '/problems/fact-in-future',
    title: 'This lies in the future',
    status: 422,
    detail: ({ occurredAt, now }) => `${occurredAt} is later than now (${now}). Record it once it has happened.`,
    field: 'occurredAt',
  },
  FactBeforeSchoolOpened: {
    type: '/problems/fact-before-school-opened',
    title: 'The school was not open yet',
    status: 422,
    detail: ({ occurredAt, openedAt }) => `${occurredAt} is before the school opened (${openedAt}).`,
    field: 'occurredAt',
  },
  FactAfterSchoolClosed: {
    type: '/problems/fact-after-school-closed',
    title: 'The school was closed by then',
    status: 422,
    detail: ({ occurredAt, closedAt }) => `${occurredAt} is not before the school closed (${closedAt}).`,
    field: 'occurredAt',
  },
  LaterFactBroken: {
    type: '/problems/later-fact-broken',
    title: 'A fact on record could no longer stand',
    status: 409,
    detail: ({ fact, occurredAt, eventId, rule }) =>
      `With this in place, ${factNames[fact]} of ${occurredAt} (event ${eventId}) could not stand: ${ruleNames[rule]}. Correct that fact first.`,
  },
  FactUnknown: {
    type: '/problems/fact-unknown',
    title: 'There is no such fact here',
    status: 404,
    detail: ({ correctsEventId }) => `This adoption has no fact with the event id ${correctsEventId}.`,
    field: 'correctsEventId',
  },
  FactNoLongerStands: {
    type: '/problems/fact-no-longer-stands',
    title: 'This fact no longer stands',
    status: 409,
    detail: ({ correctsEventId, newestEventId }) =>
      `Event ${correctsEventId} was corrected or withdrawn since. Name ${newestEventId}, which stands in its place.`,
    field: 'correctsEventId',
  },
  WithdrawalWithValues: {
    type: '/problems/withdrawal-with-values',
    title: 'A withdrawal takes no values',
    status: 422,
    detail: ({ members }) =>
      `Leave out ${members.join(', ')} to withdraw the fact, or leave out "withdrawn" to correct it.`,
    field: 'withdrawn',
  },
  CorrectionEmpty: {
    type: '/problems/correction-empty',
    title: 'Nothing would be corrected',
    status: 422,
    detail: () => 'Give at least one corrected value that differs from what is on record, or "withdrawn": true.',
  },
  CorrectionForeign: {
    type: '/problems/correction-foreign',
    title: 'This fact has no such values',
    status: 422,
    detail: ({ fact, members }) => `Recording ${factNames[fact]} has no ${members.join(', ')} to correct.`,
  },
};
