import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { IncomingMessage, OutgoingMessage } from '../event-bus.js';
import type { SqlSession } from '../sql-session.js';
import { consumerFixture } from '../testing/consumer-fixture.js';
import { eventually } from '../testing/eventually.js';
import { message } from '../testing/messages.js';
import type { Consumer } from './start-consumer.js';

const keyNames = ['a', 'b', 'c'] as const;

/** What happens to a key. Whatever is not awaited runs beside what comes next. */
const steps = fc.array(
  fc.record({
    key: fc.constantFrom(...keyNames),
    what: fc.constantFrom('arrive', 'arrive', 'arrivePoison', 'arriveAgain', 'fix', 'replay', 'replay', 'drop', 'settle'),
    copy: fc.nat(1),
    count: fc.integer({ min: 1, max: 4 }),
    awaited: fc.boolean(),
  }),
  { minLength: 8, maxLength: 30 },
);

type Step = ReturnType<typeof steps.generate>['value'][number];

describe('arrivals, poison, fixes, replays and drops in any order', () => {
  const fixture = consumerFixture();
  const bad = new Set<string>();

  const apply = async (taken: readonly IncomingMessage[], session: SqlSession): Promise<void> => {
    await fixture().keep(taken, session);
    const poison = taken.find(({ id }) => bad.has(id));
    if (poison !== undefined) throw new RangeError(`cannot apply ${poison.id}`);
  };

  /** One history of keys of its own, and what has to come of it. */
  class Run {
    readonly sent = new Map<string, OutgoingMessage[]>();
    readonly dropped = new Set<string>();

    constructor(
      private readonly name: number,
      private readonly copies: readonly Consumer[],
    ) {}

    keyOf(key: string): string {
      return `${key}/${this.name}`;
    }

    async take({ key: letter, what, copy, count }: Step): Promise<void> {
      const [key, consumer] = [this.keyOf(letter), this.copies[copy] ?? this.copies[0]];
      if (consumer === undefined) throw new Error('There is a consumer');
      const sent = this.sent.get(key) ?? [];
      this.sent.set(key, sent);
      if (what === 'fix') for (const { id } of sent) bad.delete(id);
      if (what === 'replay') await consumer.replayParked({ topic: 'topic', key, messagesMax: count });
      if (what === 'settle') await this.idle();
      if (what === 'drop') await this.drop(consumer, key);
      if (what === 'arriveAgain') await fixture().bus.publish('topic', sent.slice(-count));
      if (!what.startsWith('arrive') || what === 'arriveAgain') return;
      const next = Array.from({ length: count }, (_, at) => message(`${key}/${sent.length + at}`, key));
      sent.push(...next);
      if (what === 'arrivePoison') bad.add(next[0]?.id ?? '');
      await fixture().bus.publish('topic', next);
    }

    async end(): Promise<void> {
      bad.clear();
      await eventually('nothing is parked any more', async () => {
        await this.idle();
        for (const key of this.sent.keys()) await this.copies[0]?.replayParked({ topic: 'topic', key });
        return (await this.copies[0]?.countParked())?.messages === 0;
      });
    }

    async applied(key: string): Promise<readonly string[]> {
      const { rows } = await fixture().pool.query<{ id: string }>('SELECT id FROM effect WHERE key = $1 ORDER BY n', [key]);
      return rows.map(({ id }) => id);
    }

    private async drop(consumer: Consumer, key: string): Promise<void> {
      const [first] = await consumer.listParked({ key, limit: 1 });
      if (first === undefined) return;
      const messageId = first.message.id;
      if (await consumer.dropParked({ topic: 'topic', key, messageId, reason: 'r', by: 'b' })) this.dropped.add(messageId);
    }

    private async idle(): Promise<void> {
      await eventually('nothing is left', async () => (await this.copies[0]?.lag()) === 0);
    }
  }

  test('leave each key in the order of its messages, each applied once', async () => {
    const consumers = [0, 1].map(() => fixture().start({ bus: fixture().openBus(), apply, attemptsMax: 1, retryFirstMs: 1 }));
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        const run = new Run(runs++, consumers);
        const beside: Promise<void>[] = [];
        for (const step of taken) {
          const done = run.take(step);
          // Arrivals are published in order, as a relay does.
          if (step.awaited || step.what.startsWith('arrive')) await done;
          else beside.push(done);
        }
        await Promise.all(beside);
        await run.end();
        for (const [key, sent] of run.sent) {
          expect(await run.applied(key)).toEqual(sent.map(({ id }) => id).filter((id) => !run.dropped.has(id)));
        }
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});
