export {
  adoptionAbandonedV1,
  adoptionEventSchema,
  adoptionPausedV1,
  adoptionRestartedV1,
  adoptionResumedV1,
  adoptionStartedV1,
  correctedValuesSchema,
  factCorrectedV1,
  factWithdrawnV1,
  fidelityRecordedV1,
  stageAdvancedV1,
  stageOverriddenV1,
  stageRegressedV1,
} from './adoption/events.js';
export type { AdoptionPublicEvent } from './adoption/events.js';
export { factKinds } from './adoption/fact-kinds.js';
export type { FactType } from './adoption/fact-kinds.js';
export { compareStages, stageAfter, stageBefore, stageSchema, stages } from './adoption/stage.js';
export type { Stage } from './adoption/stage.js';
export {
  chainOf,
  emptyTimeline,
  newestOf,
  notStarted,
  record,
  standingFacts,
  standingIn,
  stateAfter,
  stateAt,
  stateIntervals,
} from './adoption/timeline.js';
export type {
  AdoptionState,
  AdoptionStatus,
  FactChain,
  FactKind,
  FactValues,
  RecordedCorrection,
  RecordedFact,
  StandingFact,
  Started,
  StateInterval,
  Timeline,
  TimelineEntry,
} from './adoption/timeline.js';
export {
  directoryEventSchema,
  districtRegisteredV1,
  externalIdBoundV1,
  externalIdReleasedV1,
  externalIdSchema,
  initiativeDefinedV1,
  rosterImportedV1,
  schoolClosedV1,
  schoolOpenedV1,
  schoolProfileChangedV1,
  schoolProfileSchema,
  schoolRenamedV1,
  schoolReopenedV1,
} from './directory/events.js';
export type { DirectoryPublicEvent, ExternalId, SchoolProfile } from './directory/events.js';
export { anyPublicEventSchema, instantSchema, publicEvent, schemaUriOf } from './public-event.js';
export type { AnyPublicEvent } from './public-event.js';
export { topics } from './topics.js';
