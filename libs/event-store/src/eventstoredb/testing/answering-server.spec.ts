import { expect, test } from '@jest/globals';

import { outcomeOf } from '../../testing/index.js';
import { untilAnswering } from './answering-server.js';
import { DoubleContext } from './double-context.js';
import { refusals } from './eventstoredb-double/double-answers.js';

const context = new DoubleContext();

test('a server that has only just started is waited for', async () => {
  const double = await context.double();
  double.fault = () => refusals.rawUnavailable();
  setTimeout(() => (double.fault = () => undefined), 300);
  expect(await outcomeOf(untilAnswering(double.url))).toBe('answered');
});

test('no server, and one that is frozen, are told of by their address, without a password, and soon', async () => {
  const proxy = await context.proxied(await context.double());
  proxy.freeze();
  for (const url of ['esdb://127.0.0.1:1?tls=false', proxy.url]) {
    const from = performance.now();
    const error = await outcomeOf(untilAnswering(url.replace('://', '://admin:changeit@'), 500));
    expect(String(error)).toContain(`No EventStoreDB answers at ${url.replace('://', '://admin:…@')}`);
    expect(performance.now() - from).toBeLessThan(4_000);
  }
});
