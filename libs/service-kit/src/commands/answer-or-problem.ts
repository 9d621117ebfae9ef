import type { ProblemCatalogue } from '../http/problem.js';
import { ProblemException, problemOf } from '../http/problem.js';
import type { CommandAnswer, CommandOutcome, RunnerRejection } from './command-runner.js';

const runnerProblems: ProblemCatalogue<RunnerRejection> = {
  VersionMismatch: {
    type: '/problems/version-mismatch',
    title: 'Somebody was faster',
    status: 412,
    detail: ({ expected, actual }) =>
      `You have seen version ${expected}; the record is at version ${actual}. Nothing was changed. Read it again and decide anew.`,
    field: 'If-Match',
  },
  IdempotencyKeyReused: {
    type: '/problems/idempotency-key-reused',
    title: 'This key stands for another command',
    status: 409,
    detail: ({ commandKey }) =>
      `Idempotency-Key "${commandKey}" was used for a command with other content. Nothing was changed. Use a new key.`,
    field: 'Idempotency-Key',
  },
  TooManyWriters: {
    type: '/problems/too-many-writers',
    title: 'Many are writing here at once',
    status: 409,
    detail: () => 'Others wrote to this record at the same time, three times in a row. Nothing was changed. Try again.',
  },
};

/** The answer of a command at the HTTP edge. @throws the problem that its refusal is */
export const answerOrProblem = <Rejection extends { readonly type: string }>(
  outcome: CommandOutcome<Rejection>,
  catalogue: ProblemCatalogue<Rejection>,
): CommandAnswer => {
  if (outcome.outcome === 'done') return outcome.answer;
  const { rejection } = outcome;
  if (rejection.type in runnerProblems) {
    throw new ProblemException(problemOf(runnerProblems, rejection as RunnerRejection));
  }
  throw new ProblemException(problemOf(catalogue, rejection as Rejection));
};
