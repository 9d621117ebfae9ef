import { setTimeout as delay } from 'node:timers/promises';

import { SystemClock } from '../../clock.js';
import { withoutPassword } from '../client/connection-string.js';

/**
 * Waits until a server answers, as one does not that has only just started. Without one, the tests of a whole suite
 * would each come to the end of their patience.
 * @throws Error that names the address, once `withinMs` are over
 */
export const untilAnswering = async (url: string, withinMs = 60_000): Promise<void> => {
  // Only here: whoever imports helpers of tests does not load the client.
  const { openEventStoreDb } = await import('../event-store-db.js');
  const until = performance.now() + withinMs;
  const store = openEventStoreDb({ url, scope: 'answering', clock: new SystemClock(), callTimeoutMs: Math.min(withinMs, 5_000) });
  try {
    for (;;) {
      try {
        // A stream that is not there: what is asked for is found at once, however much the server holds.
        return void (await store.readStream('answering.server-none'));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (performance.now() > until) throw new Error(`No EventStoreDB answers at ${withoutPassword(url)}: ${reason}`);
        await delay(200);
      }
    }
  } finally {
    await store.close();
  }
};
