import type { AdoptionPublicEvent } from './events.js';
import type { FactKind } from './timeline.js';

/** The public events that state a fact, not a correction of one. */
export type FactType = Exclude<AdoptionPublicEvent['type'], `org.cairn.adoption.fact-${string}`>;

/** What each public event says happened, in the words of the timeline. */
export const factKinds: Readonly<Record<FactType, FactKind>> = {
  'org.cairn.adoption.started.v1': 'started',
  'org.cairn.adoption.stage-advanced.v1': 'advanced',
  'org.cairn.adoption.stage-regressed.v1': 'regressed',
  'org.cairn.adoption.stage-overridden.v1': 'overridden',
  'org.cairn.adoption.paused.v1': 'paused',
  'org.cairn.adoption.resumed.v1': 'resumed',
  'org.cairn.adoption.abandoned.v1': 'abandoned',
  'org.cairn.adoption.restarted.v1': 'restarted',
  'org.cairn.adoption.fidelity-recorded.v1': 'fidelity-recorded',
};
