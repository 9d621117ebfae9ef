import type { FactKind } from '@cairn/contracts';

import type { StoryFact } from './adoption-story.js';
import { addDays, daysBetween, officeDayFrom } from './calendar.js';
import type { Chance } from './chance.js';
import type { Moment } from './office-hours.js';
import { inOfficeHoursAfter } from './office-hours.js';
import type { AdoptionBody, AdoptionCommandName } from './sample-step.js';
import * as words from './sample-words.js';

/** What somebody recorded. `corrects` is the entry whose event a correction names. */
export interface Entry {
  readonly moment: Moment;
  readonly command: AdoptionCommandName;
  readonly body: AdoptionBody;
  readonly corrects?: Entry;
}

const commands: Readonly<Record<FactKind, AdoptionCommandName>> = {
  started: 'start',
  advanced: 'advance-stage',
  regressed: 'regress-stage',
  overridden: 'override-stage',
  paused: 'pause',
  resumed: 'resume',
  abandoned: 'abandon',
  restarted: 'restart',
  'fidelity-recorded': 'record-fidelity',
};

/** How late a fact is told: most within days, one in ten after weeks. */
const lag_days = (chance: Chance): number => {
  const kind = chance.next();
  if (kind < 0.68) return chance.between(0, 3);
  return kind < 0.9 ? chance.between(4, 14) : chance.between(15, 60);
};

const bodyOf = ({ kind: _kind, day, ...said }: StoryFact): AdoptionBody => ({ occurredAt: day, ...said });

/** Turns the story of one adoption into what was recorded of it: late, and now and then wrong at first. */
class Recorder {
  readonly entries: Entry[] = [];
  private started: Moment | undefined;
  private lastMove: Moment | undefined;
  private latest: Moment | undefined;

  constructor(
    private readonly story: readonly StoryFact[],
    private readonly zone: string,
    private readonly chance: Chance,
  ) {}

  record(): void {
    this.story.forEach((fact, index) => {
      const next = this.story[index + 1];
      const moment = this.after(this.groundOf(fact), addDays(fact.day, lag_days(this.chance)));
      if (fact.kind === 'fidelity-recorded') this.recordScore(fact, moment);
      else {
        this.started ??= moment;
        this.lastMove = moment;
        this.recordMove(fact, next, moment);
        if (fact.kind !== 'paused' && fact.kind !== 'abandoned') this.pauseByMistake(fact, next);
      }
    });
  }

  /** What must be on record before a fact can be: moves follow each other, Full follows every score and its corrections. */
  private groundOf({ kind, to }: StoryFact): Moment | undefined {
    if (kind === 'fidelity-recorded') return this.started;
    return to === 'full-implementation' ? this.latest : this.lastMove;
  }

  private recordMove(fact: StoryFact, next: StoryFact | undefined, moment: Moment): void {
    const { chance } = this;
    const wrongDay = officeDayFrom(addDays(fact.day, chance.between(2, 12)));
    // A wrong day must not reach past what comes next, or the record of what comes next would be refused.
    const possible = wrongDay <= moment.day && (next === undefined || wrongDay < next.day);
    if (!possible || !chance.happens(0.12)) {
      this.enter(moment, commands[fact.kind], bodyOf(fact));
      return;
    }
    const wrong = this.enter(moment, commands[fact.kind], { ...bodyOf(fact), occurredAt: wrongDay });
    this.correct(wrong, { occurredAt: fact.day, reason: chance.pick(words.wrongDateReasons) });
  }

  private recordScore(fact: StoryFact, moment: Moment): void {
    const { chance } = this;
    const right = bodyOf(fact);
    const wrong = this.wrongScore(fact.score ?? 0);
    const fate = chance.next();
    if (wrong === undefined || fate > 0.055) {
      const entry = this.enter(moment, 'record-fidelity', right);
      if (fate > 0.985) this.correct(this.enter(this.later(entry, 0, 9), 'record-fidelity', right), this.withdrawal(words.twiceReasons));
      else if (fate > 0.975) this.scoreOfOthers(fact, entry);
      return;
    }
    const reason = chance.pick(words.wrongScoreReasons);
    if (fate < 0.008) {
      const corrected = this.correct(this.enter(moment, 'record-fidelity', right), { score: wrong, reason });
      this.correct(corrected, this.withdrawal(words.correctionUndone));
      return;
    }
    const first = this.enter(moment, 'record-fidelity', { ...right, score: wrong });
    const again = this.wrongScore(fact.score ?? 0);
    const twice = fate < 0.016 && again !== undefined && again !== wrong;
    const before = twice ? this.correct(first, { score: again, reason }) : first;
    this.correct(before, { score: fact.score ?? 0, reason: chance.pick(words.wrongScoreReasons) });
  }

  /** Another score than the right one, or undefined when the slip would leave the scale. */
  private wrongScore(right: number): number | undefined {
    const by = this.chance.between(3, 22) / 100;
    const wrong = Math.round((this.chance.happens(0.5) ? right + by : right - by) * 100) / 100;
    return wrong >= 0.05 && wrong <= 0.98 ? wrong : undefined;
  }

  private scoreOfOthers(fact: StoryFact, entry: Entry): void {
    const score = this.wrongScore(fact.score ?? 0);
    if (score === undefined) return;
    const mistaken = this.enter(this.later(entry, 0, 6), 'record-fidelity', { ...bodyOf(fact), score });
    this.correct(mistaken, this.withdrawal(words.wrongSchoolReasons));
  }

  /** A pause of another school, recorded here and withdrawn before anything else happens. */
  private pauseByMistake(fact: StoryFact, next: StoryFact | undefined): void {
    const { chance } = this;
    if (next === undefined || daysBetween(fact.day, next.day) < 70 || !chance.happens(0.06)) return;
    const occurredAt = officeDayFrom(addDays(fact.day, chance.between(16, 30)));
    const paused = this.after(this.lastMove, addDays(occurredAt, chance.between(0, 4)));
    const withdrawn = this.after(paused, addDays(paused.day, chance.between(1, 9)));
    if (withdrawn.day >= next.day) return;
    const entry = this.enter(paused, 'pause', { occurredAt, reason: chance.pick(words.pauseReasons) });
    this.enter(withdrawn, 'correct', this.withdrawal(words.wrongSchoolReasons), entry);
    this.lastMove = withdrawn;
  }

  private withdrawal(reasons: readonly [string, ...string[]]): AdoptionBody {
    return { withdrawn: true, reason: this.chance.pick(reasons) };
  }

  private correct(entry: Entry, body: AdoptionBody): Entry {
    return this.enter(this.later(entry, 3, 40), 'correct', body, entry);
  }

  private later({ moment }: Entry, min_days: number, max_days: number): Moment {
    return this.after(moment, addDays(moment.day, this.chance.between(min_days, max_days)));
  }

  private after(before: Moment | undefined, day: string): Moment {
    return inOfficeHoursAfter(before, day, this.zone, this.chance);
  }

  private enter(moment: Moment, command: AdoptionCommandName, body: AdoptionBody, corrects?: Entry): Entry {
    const entry = corrects ? { moment, command, body, corrects } : { moment, command, body };
    this.entries.push(entry);
    if (!this.latest || this.latest.at < moment.at) this.latest = moment;
    return entry;
  }
}

/** What was recorded of a story, in the order of recording: each entry is lawful when it is recorded. */
export const recordStory = (story: readonly StoryFact[], zone: string, chance: Chance): readonly Entry[] => {
  const recorder = new Recorder(story, zone, chance);
  recorder.record();
  return [...recorder.entries].sort((left, right) => Date.parse(left.moment.at) - Date.parse(right.moment.at));
};
