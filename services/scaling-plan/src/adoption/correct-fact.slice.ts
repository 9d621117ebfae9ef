import { chainOf, newestOf, standingIn } from '@cairn/contracts';
import type { FactChain, FactKind, FactValues, StandingFact, Timeline } from '@cairn/contracts';
import { reject } from '@cairn/decider';
import type { Decide } from '@cairn/decider';
import { answerOrProblem, Allow, Meta, words } from '@cairn/service-kit';
import type { CommandAnswer, CommandMeta, CommandOutcome } from '@cairn/service-kit';
import { Body, Controller, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';

import type { AdoptionEventOf, SchoolAdoption } from './adoption.js';
import { AdoptionDesk } from './adoption-desk.js';
import type { AdoptionCommandOf, AdoptionOrder, AdoptionPath } from './adoption-desk.js';
import { adoptionBody, AdoptionCommandRoute, adoptionPathSchema, adoptionRoute, toStage } from './adoption-http.js';
import { acceptIfLegal } from './adoption-law.js';
import type { AdoptionCommand } from './adoption-law.js';
import { adoptionProblems } from './adoption-problems.js';
import type { AdoptionRejection } from './adoption-rejection.js';

const bodySchema = z.strictObject({
  correctsEventId: z.uuid(),
  /** Why the record is corrected; the corrected reason of the fact itself is `factReason`. */
  reason: words(2_000),
  withdrawn: z.literal(true).optional(),
  occurredAt: adoptionBody.occurredAt.optional(),
  to: toStage.optional(),
  evidence: adoptionBody.evidence,
  factReason: adoptionBody.reason,
  score: z.number().min(0).max(1).optional(),
  window: words(40).optional(),
});
type CorrectFactBody = z.infer<typeof bodySchema>;

// Domain

/** The command; `occurredAt` is the corrected time only when `correctsTime` says that one was given. */
export type CorrectFactCommand = AdoptionCommandOf<CorrectFactBody> & { readonly correctsTime: boolean };

type Corrected = AdoptionEventOf<'FactCorrected'>;
type Withdrawn = AdoptionEventOf<'FactWithdrawn'>;

const moves: readonly FactKind[] = ['advanced', 'regressed', 'overridden'];

/** The members that a fact of this kind does not have, so that none can be corrected in it. */
const foreignMembers = (kind: FactKind, given: Partial<FactValues>): readonly string[] => {
  const own = new Set(['occurredAt', 'reason', 'evidence']);
  if (moves.includes(kind)) own.add('to');
  if (kind === 'fidelity-recorded') own.add('score').add('window');
  return Object.keys(given).filter((member) => !own.has(member));
};

const givenValues = (command: CorrectFactCommand): Partial<FactValues> => ({
  ...(command.correctsTime ? { occurredAt: command.occurredAt } : {}),
  ...(command.to === undefined ? {} : { to: command.to }),
  ...(command.factReason === undefined ? {} : { reason: command.factReason }),
  ...(command.evidence === undefined ? {} : { evidence: command.evidence }),
  ...(command.score === undefined ? {} : { score: command.score }),
  ...(command.window === undefined ? {} : { window: command.window }),
});

/** The chain that holds an event, standing or not: to say what stands in its place. */
const chainWith = (timeline: Timeline, eventId: string): FactChain | undefined =>
  timeline.find(({ fact, over }) => fact.eventId === eventId || over.some((entry) => entry.eventId === eventId));

const differs = (fact: StandingFact, given: Partial<FactValues>): boolean =>
  Object.entries(given).some(([member, value]) => fact[member as keyof FactValues] !== value);

/**
 * A correction names the newest record of its fact, gives what was true instead or withdraws it, and obeys the law of
 * the timeline. Withdrawing a correction lets what it corrected stand again.
 */
export const decideCorrectFact: Decide<CorrectFactCommand, SchoolAdoption, Corrected | Withdrawn, AdoptionRejection> = (
  command,
  adoption,
) => {
  const { schoolId, initiativeId, correctsEventId, reason } = command;
  const chain = chainOf(adoption.timeline, correctsEventId);
  if (!chain) {
    const former = chainWith(adoption.timeline, correctsEventId);
    return former
      ? reject({ type: 'FactNoLongerStands', correctsEventId, newestEventId: newestOf(former) })
      : reject({ type: 'FactUnknown', correctsEventId });
  }
  const standing = standingIn(chain);
  const given = givenValues(command);
  const named = { schoolId, initiativeId, correctsEventId, reason };
  if (command.withdrawn) {
    if (Object.keys(given).length > 0) {
      return reject({ type: 'WithdrawalWithValues', members: Object.keys(given) });
    }
    const occurredAt = standing?.occurredAt ?? chain.fact.occurredAt;
    return acceptIfLegal<Withdrawn>(adoption, { type: 'FactWithdrawn', occurredAt, data: named }, unbounded(command, occurredAt));
  }
  const { kind } = chain.fact;
  const foreign = foreignMembers(kind, given);
  if (foreign.length > 0) return reject({ type: 'CorrectionForeign', fact: kind, members: foreign });
  // A withdrawal is the newest record of its chain, so values may be given over it: the fact holds again, as corrected.
  if (standing ? !differs(standing, given) : Object.keys(given).length === 0) return reject({ type: 'CorrectionEmpty' });
  const occurredAt = given.occurredAt ?? standing?.occurredAt ?? chain.fact.occurredAt;
  const data = { ...named, corrected: given };
  return acceptIfLegal<Corrected>(adoption, { type: 'FactCorrected', occurredAt, data }, command);
};

/** What is taken away need not have been possible: a fact dated after its school closed can be withdrawn. */
const unbounded = (command: CorrectFactCommand, occurredAt: string): AdoptionCommand => ({
  ...command,
  school: { openedAt: occurredAt },
});

// Application

export class CorrectFact extends Command<CommandOutcome<AdoptionRejection>> {
  constructor(readonly order: AdoptionOrder<CorrectFactBody>) {
    super();
  }
}

@CommandHandler(CorrectFact)
export class CorrectFactHandler implements ICommandHandler<CorrectFact> {
  constructor(private readonly desk: AdoptionDesk) {}

  execute({ order }: CorrectFact): Promise<CommandOutcome<AdoptionRejection>> {
    const correctsTime = order.body.occurredAt !== undefined;
    return this.desk.run(order, (command: AdoptionCommandOf<CorrectFactBody>, adoption) =>
      decideCorrectFact({ ...command, correctsTime }, adoption),
    );
  }
}

// HTTP

@Controller(adoptionRoute)
export class CorrectFactController {
  constructor(private readonly commands: CommandBus) {}

  @Post('correct')
  @Allow('operator', 'coach')
  @AdoptionCommandRoute('Correct or withdraw a fact that stands; what was believed stays on record')
  async correct(
    @Param({ schema: adoptionPathSchema }) path: AdoptionPath,
    @Body({ schema: bodySchema }) body: CorrectFactBody,
    @Meta() meta: CommandMeta,
  ): Promise<CommandAnswer> {
    return answerOrProblem(await this.commands.execute(new CorrectFact({ path, body, meta })), adoptionProblems);
  }
}
