import type { AdoptionState, FactKind, Stage } from '@cairn/contracts';

import { nextStage, stages } from '../../lib/stages.js';

export const commandNames = [
  'start', 'advance-stage', 'record-fidelity', 'regress-stage', 'pause', 'resume', 'override-stage', 'abandon', 'restart',
] as const;
export type CommandName = (typeof commandNames)[number];

/** The fact that each command records. */
export const kindOf: Readonly<Record<CommandName, FactKind>> = {
  start: 'started',
  'advance-stage': 'advanced',
  'regress-stage': 'regressed',
  'override-stage': 'overridden',
  pause: 'paused',
  resume: 'resumed',
  abandon: 'abandoned',
  restart: 'restarted',
  'record-fidelity': 'fidelity-recorded',
};

export type Field = 'to' | 'score' | 'window' | 'evidence' | 'reason';

export type Why =
  | { readonly key: 'notStarted' | 'alreadyStarted' | 'paused' | 'notPaused' | 'abandoned' | 'notAbandoned' | 'lastStage' | 'firstStage' }
  | { readonly key: 'fidelity'; readonly needed: number; readonly windows: readonly { readonly window: string; readonly score: number }[] };

export interface PossibleCommand {
  readonly command: CommandName;
  /** The stage that an advance leads to. */
  readonly to?: Stage | undefined;
  readonly fields: readonly { readonly field: Field; readonly required: boolean }[];
  /** Stages to choose from, for the commands that name one. */
  readonly choices?: readonly Stage[];
}
export interface ImpossibleCommand {
  readonly command: CommandName;
  readonly to?: Stage | undefined;
  readonly why: Why;
}
export type Offer = PossibleCommand | ImpossibleCommand;

export const isPossible = (offer: Offer): offer is PossibleCommand => 'fields' in offer;

const need = (field: Field) => ({ field, required: true });
const may = (field: Field) => ({ field, required: false });
const windowsNeeded = 2;

/**
 * What could have happened at a point in time, seen from where the school stood then. The service decides; this only spares people
 * forms that it would refuse, and says why.
 */
export const offersAt = (state: AdoptionState, windows: ReadonlyMap<string, number>, cut: number): readonly Offer[] => {
  const offer = (command: CommandName): Offer => {
    if (command === 'start') {
      return state.status === 'not-started' ? { command, fields: [may('evidence')] } : { command, why: { key: 'alreadyStarted' } };
    }
    if (state.status === 'not-started') return { command, why: { key: 'notStarted' } };
    if (command === 'restart') {
      return state.status === 'abandoned' ? { command, fields: [may('reason')] } : { command, why: { key: 'notAbandoned' } };
    }
    if (command === 'record-fidelity') return { command, fields: [need('window'), need('score'), may('evidence')] };
    if (state.status === 'abandoned') return { command, why: { key: 'abandoned' } };
    if (command === 'abandon') return { command, fields: [need('reason')] };
    if (command === 'resume') return state.status === 'paused' ? { command, fields: [may('reason')] } : { command, why: { key: 'notPaused' } };
    if (state.status === 'paused') return { command, why: { key: 'paused' } };
    if (command === 'pause') return { command, fields: [need('reason')] };
    if (command === 'override-stage') {
      return { command, fields: [need('to'), need('reason'), may('evidence')], choices: stages.filter((stage) => stage !== state.stage) };
    }
    if (command === 'regress-stage') {
      const choices = stages.slice(0, stages.indexOf(state.stage));
      return choices.length > 0 ? { command, fields: [need('to'), need('reason')], choices } : { command, why: { key: 'firstStage' } };
    }
    const to = nextStage(state.stage);
    if (!to) return { command, why: { key: 'lastStage' } };
    const over = [...windows].filter(([, score]) => score >= cut);
    if (to === 'full-implementation' && over.length < windowsNeeded) {
      return { command, to, why: { key: 'fidelity', needed: windowsNeeded, windows: [...windows].map(([window, score]) => ({ window, score })) } };
    }
    return { command, to, fields: [to === 'initial-implementation' ? need('evidence') : may('evidence')] };
  };
  return commandNames.map(offer);
};
