import type { Engine, EngineKind, EngineRole } from './engine-trouble.js';
import { requireAnswer } from './engines.js';

/** An engine as operations see it. */
export interface EngineStatus {
  readonly role: EngineRole;
  readonly kind: EngineKind;
  readonly state: 'up' | 'down';
  /** Which it is and what to check, when it is down. */
  readonly detail?: string;
  readonly answered_ms?: number;
}

/** How long operations wait for whatever they look at. */
export const look_ms = 2_500;

/** Asks each engine for something small. Takes 2.5 s at most. */
export const engineStatuses = (engines: readonly Engine[]): Promise<EngineStatus[]> => Promise.all(engines.map(statusOf));

const statusOf = async (engine: Engine): Promise<EngineStatus> => {
  const { role, kind } = engine;
  const began_ms = performance.now();
  try {
    await requireAnswer(engine, look_ms);
    return { role, kind, state: 'up', answered_ms: Math.round((performance.now() - began_ms) * 10) / 10 };
  } catch (error) {
    return { role, kind, state: 'down', detail: error instanceof Error ? error.message : String(error) };
  }
};
