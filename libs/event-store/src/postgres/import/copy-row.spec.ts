import { describe, expect, test } from '@jest/globals';

import { chainEnvelopes } from '../../chain-append.js';
import { chainStart } from '../../hash-chain.js';
import { anEvent, ManualClock } from '../../testing/index.js';
import { checkAppend } from '../../validate-append.js';
import { CopyPages } from './copy-pages.js';
import { eventOfRow } from './copy-row.js';

const events = [
  anEvent({ data: { text: 'tab\tand\nline "quoted" \\ back', list: [1, null, true] } }),
  anEvent({ onBehalfOf: 'Zoë', causationId: 'b', commandKey: 'c', commandDigest: 'd"', occurredAt: '0001-01-01T00:00:00.001Z' }),
  anEvent({ data: '学校'.repeat(100_000), schemaVersion: 32_767, occurredAt: '9999-12-31T23:59:59.999Z' }),
  anEvent({ occurredAt: '1969-12-31T23:59:59.999Z' }),
];
const append = checkAppend('scope', 'scope.cairn-é', 'no-stream', events, new ManualClock().now());

describe('the rows of a COPY', () => {
  test('give back what the caller gave', () => {
    const pages = new CopyPages();
    for (const [index, event] of chainEnvelopes(append, chainStart).entries()) {
      pages.add(event, append.events[index]?.dataText ?? '');
    }
    expect(pages.slice(0, 4).map(eventOfRow)).toEqual(append.events);
    expect(pages.slice(1, 2).map(eventOfRow)).toEqual(append.events.slice(1, 3));
  });

  test('are the same in another chunk', () => {
    const pages = new CopyPages();
    for (const [index, event] of chainEnvelopes(append, chainStart).entries()) {
      pages.add(event, append.events[index]?.dataText ?? '');
    }
    const other = new CopyPages();
    for (const row of pages.slice(2, 2)) other.addRow(row);
    expect(other.rows).toBe(2);
    expect(other.slice(0, 2)).toEqual(pages.slice(2, 2));
  });
});
