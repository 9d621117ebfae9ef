import { expect, test } from '@jest/globals';

import { SystemClock } from '../clock.js';
import { connectionConfig } from './connection-options.js';

test('the deadlines of a store are its own, whatever the pool that it is given says', () => {
  const pool = { statement_timeout: 60_000, query_timeout: 1, idle_in_transaction_session_timeout: 0, max: 2 };
  expect(connectionConfig({ scope: 's', schema: 's', clock: new SystemClock(), pool, callTimeoutMs: 700 })).toMatchObject({
    statement_timeout: 700,
    query_timeout: 1_200,
    idle_in_transaction_session_timeout: 700,
    max: 2,
  });
});
