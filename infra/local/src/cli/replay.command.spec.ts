import { describe, expect, test } from '@jest/globals';

import { replayOn } from './replay.command.js';
import type { PlatformCall } from './with-platform.js';

const topic = 'cairn.directory.v1';

/** A platform whose relay is, at each look, at the next of these places; the last one stays. */
const platform = (looks: readonly { readonly publishedUpTo?: string; readonly head: string; readonly caughtUp?: boolean }[], failures: readonly object[] = []) => {
  const asked: string[] = [];
  let at = 0;
  const request = async (method: string, path: string): Promise<unknown> => {
    asked.push(`${method} ${path}`);
    if (method === 'POST') return {};
    const relay = { topic, caughtUp: false, ...looks[Math.min(at++, looks.length - 1)] };
    return { services: [{ service: 'directory', ready: failures.length === 0, failures, relay }] };
  };
  return { asked, call: { request } as PlatformCall };
};

describe('a topic that is published once more', () => {
  test('is done when it has come to what was on record at the beginning, however much is recorded meanwhile', async () => {
    const { asked, call } = platform([{ publishedUpTo: '90', head: '90', caughtUp: true }, { head: '95' }, { publishedUpTo: '89', head: '99' }, { publishedUpTo: '90', head: '120' }]);
    await replayOn(call, topic, 60_000);
    expect(asked).toEqual(['GET /api/operations', 'POST /api/services/directory/relay/replay', ...Array<string>(3).fill('GET /api/operations')]);
  });

  test('is given up when nothing moves, with what the service says', async () => {
    const { call } = platform([{ head: '90' }], [{ name: 'relay', reason: 'Kafka is away' }]);
    await expect(replayOn(call, topic, 300)).rejects.toThrow(/stands at its beginning for 0.3 s. What the service says: relay: Kafka is away./);
  });

  test('that nobody publishes is refused with those that somebody does', async () => {
    const { asked, call } = platform([{ head: '1' }]);
    await expect(replayOn(call, 'cairn.nothing.v1', 300)).rejects.toThrow(/There are: cairn.directory.v1/);
    expect(asked).toEqual(['GET /api/operations']);
  });
});
