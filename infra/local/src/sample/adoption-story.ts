import type { FactKind, Stage } from '@cairn/contracts';
import { stageAfter, stageBefore } from '@cairn/contracts';

import type { Day } from './calendar.js';
import { addDays, windowOf } from './calendar.js';
import type { Chance } from './chance.js';
import * as words from './sample-words.js';

/** One thing that happened to an adoption, as it truly was. */
export interface StoryFact {
  readonly kind: FactKind;
  readonly day: Day;
  readonly to?: Stage;
  readonly reason?: string;
  readonly evidence?: string;
  readonly score?: number;
  readonly window?: string;
}

export interface StoryFrame {
  readonly initiativeId: string;
  readonly startsOn: Day;
  /** Days on which schools are in session, from the first of the sample to its end. */
  readonly schoolDays: readonly Day[];
  /** Days on which the school loses its principal. */
  readonly departures: readonly Day[];
  /** How fast the school moves; 1 is the middle of the field, 2 twice as fast. */
  readonly pace: number;
  /** The fidelity that the school tends to, 0-1. */
  readonly ceiling: number;
  readonly fidelityCut: number;
  /** Classroom walkthroughs per window, on average. */
  readonly visits: number;
}

/** Days in session that a school of pace 1 stays in a stage: 2-4 years from the first to Full, as NIRN has it. */
const stay_days = { exploration: [40, 110], installation: [70, 170] } as const;
const initialAtLeast_days = 130;
/** A pause or an abandonment that outlasts the sample. */
const never: Day = '9999-12-31';

/** A school on its way through one initiative. Each day brings at most one fact, and each fact is lawful where it stands. */
class Adoption {
  readonly facts: StoryFact[] = [];
  private status: 'not-started' | 'active' | 'paused' | 'abandoned' = 'not-started';
  private stage: Stage = 'exploration';
  private inSession_days = 0;
  private stay_days = 0;
  private waitsUntil: Day = never;
  private fidelity: number;
  private window: string | undefined;
  private visitsAhead: readonly number[] = [];
  private scores = new Map<string, readonly number[]>();
  private readonly departures: Day[];

  constructor(
    private readonly frame: StoryFrame,
    private readonly chance: Chance,
  ) {
    this.fidelity = 0.3 + chance.next() * 0.15;
    this.departures = [...frame.departures];
  }

  live(day: Day): void {
    if (this.status === 'not-started') {
      if (day >= this.frame.startsOn) this.begin({ kind: 'started', day });
    } else if (this.status === 'active') this.work(day);
    else if (day < this.waitsUntil) return;
    else if (this.status === 'abandoned') this.begin({ kind: 'restarted', day, reason: this.chance.pick(words.restartNotes) });
    else {
      this.facts.push({ kind: 'resumed', day, reason: this.chance.pick(words.resumeNotes) });
      this.status = 'active';
    }
  }

  private begin(fact: StoryFact): void {
    this.facts.push(fact);
    this.status = 'active';
    this.scores = new Map();
    this.enter('exploration');
  }

  private work(day: Day): void {
    this.inSession_days += 1;
    const practised = this.stage === 'initial-implementation' || this.stage === 'full-implementation';
    if (practised) this.fidelity += (this.frame.ceiling - this.fidelity) * 0.012 * this.frame.pace;
    if (this.losePrincipal(day) || this.stumble(day) || this.advance(day)) return;
    this.visit(day);
  }

  private losePrincipal(day: Day): boolean {
    const [departed] = this.departures;
    if (departed === undefined || departed > day) return false;
    this.departures.shift();
    this.fidelity = Math.max(0.25, this.fidelity - 0.12);
    const before = stageBefore(this.stage);
    if (before && this.chance.happens(0.6)) {
      return this.move({ kind: 'regressed', day, reason: this.chance.pick(words.regressReasons) }, before);
    }
    return this.chance.happens(0.5) && this.rest({ kind: 'paused', day, reason: this.chance.pick(words.departurePauses) }, 30, 120, 0.85);
  }

  private stumble(day: Day): boolean {
    const { chance, stage } = this;
    if (chance.happens(0.0004)) return this.rest({ kind: 'paused', day, reason: chance.pick(words.pauseReasons) }, 20, 110, 0.8);
    const givesUp = stage !== 'full-implementation' && chance.happens(0.00025);
    return givesUp && this.rest({ kind: 'abandoned', day, reason: chance.pick(words.abandonReasons) }, 90, 240, 0.6);
  }

  private advance(day: Day): boolean {
    const { chance, frame, inSession_days, stage } = this;
    const next = stageAfter(stage);
    const said = words.wordsOf(frame.initiativeId);
    if (stage === 'exploration' && inSession_days === 20 && chance.happens(0.025)) {
      return this.move({ kind: 'overridden', day, reason: chance.pick(said.wasThere) }, 'initial-implementation');
    }
    if (next === undefined) return false;
    if (stage === 'initial-implementation') {
      const ripe = this.goodWindows() >= 2 && inSession_days * frame.pace >= initialAtLeast_days && chance.happens(0.06);
      return ripe && this.move({ kind: 'advanced', day }, next);
    }
    if (inSession_days < this.stay_days) return false;
    const evidence = chance.pick(stage === 'exploration' ? words.explorationEnds : said.firstUse);
    return this.move({ kind: 'advanced', day, evidence }, next);
  }

  private visit(day: Day): void {
    const { chance, frame } = this;
    const window = windowOf(day);
    if (window !== this.window) {
      this.window = window;
      const count = window === undefined ? 0 : Math.floor(frame.visits + chance.next());
      this.visitsAhead = Array.from({ length: count }, () => this.inSession_days + chance.between(1, 60)).sort((a, b) => a - b);
    }
    const [planned] = this.visitsAhead;
    const due = planned !== undefined && planned <= this.inSession_days;
    if (window === undefined || !due || this.stage === 'exploration') return;
    this.visitsAhead = this.visitsAhead.slice(1);
    const score = Math.round(Math.min(0.98, Math.max(0.05, this.fidelity + chance.swing() * 0.07)) * 100) / 100;
    this.scores.set(window, [...(this.scores.get(window) ?? []), score]);
    this.facts.push({ kind: 'fidelity-recorded', day, score, window });
  }

  /** Windows whose walkthroughs reach the cut on average: stricter than the rule, which takes the best of each window. */
  private goodWindows(): number {
    const means = [...this.scores.values()].map((scores) => scores.reduce((sum, score) => sum + score, 0) / scores.length);
    return means.filter((mean) => mean >= this.frame.fidelityCut).length;
  }

  private enter(stage: Stage): void {
    const [min, max] = stage === 'installation' ? stay_days.installation : stay_days.exploration;
    this.stage = stage;
    this.inSession_days = 0;
    this.visitsAhead = [];
    this.window = undefined;
    this.stay_days = Math.round(this.chance.between(min, max) / this.frame.pace);
  }

  private move(fact: StoryFact, to: Stage): true {
    this.facts.push({ ...fact, to });
    this.enter(to);
    return true;
  }

  private rest(fact: StoryFact & { readonly kind: 'paused' | 'abandoned' }, min_days: number, max_days: number, returns: number): true {
    this.facts.push(fact);
    this.status = fact.kind;
    this.waitsUntil = this.chance.happens(returns) ? addDays(fact.day, this.chance.between(min_days, max_days)) : never;
    return true;
  }
}

/**
 * The story of one school and one initiative, day by day, lawful in itself by the adoption timeline. What people
 * recorded of it, and when, is another matter (`record-story.ts`).
 */
export const adoptionStory = (frame: StoryFrame, chance: Chance): readonly StoryFact[] => {
  const adoption = new Adoption(frame, chance);
  for (const day of frame.schoolDays) adoption.live(day);
  return adoption.facts;
};
