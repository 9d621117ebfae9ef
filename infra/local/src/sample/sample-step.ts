import type { Stage } from '@cairn/contracts';

import type { Day } from './calendar.js';

export type AdoptionCommandName =
  | 'start'
  | 'advance-stage'
  | 'regress-stage'
  | 'override-stage'
  | 'pause'
  | 'resume'
  | 'abandon'
  | 'restart'
  | 'record-fidelity'
  | 'correct';

/** The body of an adoption command, as the HTTP route takes it. */
export interface AdoptionBody {
  readonly occurredAt?: Day;
  readonly to?: Stage;
  readonly reason?: string;
  readonly evidence?: string;
  readonly score?: number;
  readonly window?: string;
  readonly withdrawn?: true;
}

interface Step {
  /** When the step is recorded: the simulated clock of the loader. Steps are ordered by it. */
  readonly recordedAt: string;
  readonly actor: string;
  readonly onBehalfOf?: string;
  /** Its own for each step, the same in every run with the same seed and day. */
  readonly idempotencyKey: string;
  readonly districtId: string;
}

export interface RegisterDistrictStep extends Step {
  readonly kind: 'register-district';
  readonly body: { readonly districtId: string; readonly name: string; readonly timeZone: string; readonly sample: true };
}

export interface DefineInitiativeStep extends Step {
  readonly kind: 'define-initiative';
  /** What the directory is going to call it. */
  readonly initiativeId: string;
  readonly body: { readonly name: string; readonly description: string; readonly fidelityCut: number };
}

export interface ImportRosterStep extends Step {
  readonly kind: 'import-roster';
  readonly effective: Day;
  readonly csv: string;
}

export interface AdoptionStep extends Step {
  readonly kind: 'adoption-command';
  readonly schoolId: string;
  readonly initiativeId: string;
  readonly command: AdoptionCommandName;
  readonly body: AdoptionBody;
  /** For `correct`: the key of the step whose event it corrects; the loader knows the event's id from that answer. */
  readonly corrects?: string;
}

/** A command that the loader issues through the public routes. */
export type SampleStep = RegisterDistrictStep | DefineInitiativeStep | ImportRosterStep | AdoptionStep;
