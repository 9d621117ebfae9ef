import { expect, test } from '@jest/globals';
import { withDefaults, withoutPassword } from './connection-string.js';

test.each([
  ['esdb://admin:secret@host:2113?tls=true', 'esdb://admin:…@host:2113?tls=true'],
  ['esdb://admin:s3@cr:t/x@host1:2113,host2:2113', 'esdb://admin:…@host1:2113,host2:2113'],
  ['cannot read esdb://admin:p@ss@host at all', 'cannot read esdb://admin:…@host at all'],
  ['esdb://host:2113', 'esdb://host:2113'],
])('%s is told without its password', (text, told) => {
  expect(withoutPassword(text)).toBe(told);
});

test('what a connection string says by itself is left to it', () => {
  expect(withDefaults('esdb://host:2113/?KeepAliveInterval=99', 'coaching')).toBe(
    'esdb://host:2113?KeepAliveInterval=99&keepAliveTimeout=5000&connectionName=cairn%20event%20store%20coaching',
  );
});
