import { setImmediate as nextTurn } from 'node:timers/promises';

import { describe, expect, test } from '@jest/globals';

import { WrongExpectedVersionError } from '../../errors.js';
import type { RecordedEvent } from '../../event.js';
import type { EventStore } from '../../event-store.js';
import { verifyStream } from '../../hash-chain.js';
import { aStream, anEvent, someEvents } from '../sample-events.js';
import type { Context } from './contract-context.js';
import { everything, scope } from './contract-context.js';

const racers = Array.from({ length: 64 }, (_, index) => index);

/** Reads, decides on what was read, appends; again when another was faster. */
const readDecideAppend = async (store: EventStore, stream: string, by: number): Promise<void> => {
  for (;;) {
    const version = (await store.readStream(stream, { direction: 'backwards', limit: 1 }))[0]?.version;
    try {
      await store.append(stream, version ?? 'no-stream', [anEvent({ data: { by } })]);
      return;
    } catch (error) {
      if (!(error instanceof WrongExpectedVersionError)) throw error;
    }
  }
};

export const racing = (context: Context): void => {
  describe('racing', () => {
    test.each([
      ['no-stream', 0],
      [2, 2],
    ] as const)('64 appends that expect %s, from two openers: exactly one wins', async (expected, before) => {
      const { store, reopen } = context();
      const stream = aStream(scope);
      if (before > 0) await store.append(stream, 'no-stream', someEvents(before));
      const second = await reopen();

      const results = await Promise.allSettled(
        racers.map((by) => (by % 2 ? store : second).append(stream, expected, [anEvent({ data: { by } })])),
      );

      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ expected, actual: before + 1 });
      }
      expect(await store.readStream(stream)).toHaveLength(before + 1);
    });

    test('64 read-decide-append loops, from two openers: all win in the end and versions are contiguous', async () => {
      const { store, reopen } = context();
      const stream = aStream(scope);
      const second = await reopen();

      await Promise.all(racers.map((by) => readDecideAppend(by % 2 ? store : second, stream, by)));

      const events = await store.readStream(stream);
      expect(events.map(({ version }) => version)).toEqual(racers.map((by) => by + 1));
      expect(new Set(events.map(({ data }) => JSON.stringify(data))).size).toBe(64);
      expect(verifyStream(events)).toBeUndefined();
    });

    test('one opener goes on where the other one stopped, turn by turn', async () => {
      const { store, reopen } = context();
      const stores = [store, await reopen()] as const;
      const stream = aStream(scope);

      for (let version = 0; version < 10; version += 1) {
        const turn = stores[version % 2 === 0 ? 0 : 1];
        await turn.append(stream, version === 0 ? 'no-stream' : version, [anEvent()]);
      }

      expect(verifyStream(await store.readStream(stream))).toBeUndefined();
    });

    test('a reader that polls during racing appends skips nothing and never sees a later event first', async () => {
      const { store, reopen } = context();
      const second = await reopen();
      const streams = Array.from({ length: 4 }, () => aStream(scope));
      const seen: RecordedEvent[] = [];
      let writing = true;
      const poll = async (): Promise<void> => {
        let after = undefined;
        for (;;) {
          const last = !writing;
          const page = await second.readAll({ after, limit: 7 });
          seen.push(...page.events);
          after = page.readUpTo;
          if (last && page.events.length === 0) return;
          await nextTurn();
        }
      };

      const polling = poll();
      await Promise.all(
        racers.slice(0, 24).flatMap((by) =>
          streams.map((stream) => readDecideAppend(by % 2 ? store : second, stream, by)),
        ),
      );
      writing = false;
      await polling;

      const all = await everything(store);
      expect(all).toHaveLength(24 * streams.length);
      expect(seen.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
      for (const stream of streams) {
        const versions = seen.filter((event) => event.stream === stream).map(({ version }) => version);
        expect(versions).toEqual(versions.map((_, index) => index + 1));
      }
    });
  });
};
