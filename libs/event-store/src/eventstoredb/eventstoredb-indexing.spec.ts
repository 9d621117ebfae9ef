import { describe, expect, test } from '@jest/globals';

import { WrongExpectedVersionError } from '../errors.js';
import { anEvent, aStream } from '../testing/sample-events.js';
import { DoubleContext, scope } from './testing/double-context.js';
import { DoubleLog } from './testing/eventstoredb-double/double-log.js';

/** A server refuses what is written already, before readers see what made it wrong; here for longer than usual. */
describe('what a server has written and not indexed yet', () => {
  const context = new DoubleContext();
  const namespace = 'one-record-';

  const processes = async (count: number) => {
    const double = await context.double(new DoubleLog({ indexDelayMs: 40 }));
    return Array.from({ length: count }, () => context.open(double.url, { namespace }));
  };

  test('is waited for by processes that name a new record at the same time', async () => {
    const ids = await Promise.all((await processes(4)).map((store) => store.storeId()));
    expect(new Set(ids).size).toBe(1);
  });

  test('is waited for by processes that write the same stream, each until its turn has come', async () => {
    const stream = aStream(scope);
    const stores = await processes(6);
    const outcomes = await Promise.allSettled(stores.map((store) => store.append(stream, 'no-stream', [anEvent()])));
    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(refusals).toHaveLength(5);
    for (const refusal of refusals) expect(refusal).toBeInstanceOf(WrongExpectedVersionError);
  });

  test('is the answer to the same command in another process', async () => {
    const stream = aStream(scope);
    const command = [anEvent(), anEvent()];
    const answers = await Promise.all((await processes(3)).map((store) => store.append(stream, 'no-stream', command)));
    const ids = answers.map(({ events }) => events.map(({ id }) => id));
    expect(ids).toEqual(ids.map(() => command.map(({ id }) => id)));
    expect(new Set(answers.map(({ events }) => events.at(-1)?.position)).size).toBe(1);
  });
});
