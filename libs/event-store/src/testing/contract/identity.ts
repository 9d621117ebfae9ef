import { describe, expect, test } from '@jest/globals';

import { isUuid } from '../../uuid.js';
import { aStream, someEvents } from '../sample-events.js';
import type { Context, OpenStore } from './contract-context.js';
import { scope } from './contract-context.js';

export const identity = (context: Context, open: OpenStore): void => {
  describe('the id of a store', () => {
    test('is a UUID, the same before and after appends, after a restart and for two stores on one record', async () => {
      const { store, reopen } = context();
      const first = await store.storeId();
      await store.append(aStream(scope), 'no-stream', someEvents(2));
      const second = await reopen();

      expect(isUuid(first)).toBe(true);
      expect(await store.storeId()).toBe(first);
      expect(await second.storeId()).toBe(first);
    });

    test('is one, however many openers of a new record ask at the same time', async () => {
      const { clock } = context();
      const opened = await open({ scope, clock });
      try {
        const stores = [opened.store, await opened.reopen(), await opened.reopen(), await opened.reopen()];
        const ids = await Promise.all(stores.flatMap((store) => [store.storeId(), store.storeId()]));
        expect(new Set(ids).size).toBe(1);
      } finally {
        await opened.close();
      }
    });

    test('is another one for another record, and asking for it puts no event there', async () => {
      const { store, clock } = context();
      const other = await open({ scope, clock });
      try {
        expect(await other.store.storeId()).not.toBe(await store.storeId());
        expect((await other.store.readAll()).events).toEqual([]);
      } finally {
        await other.close();
      }
    });
  });
};
