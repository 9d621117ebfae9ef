import { describe, expect, test } from '@jest/globals';
import type { TopicClaim } from '../event-bus.js';
import { TopicTakenError } from '../event-bus.js';
import { TopicClaims } from './topic-claims.js';
import type { FetchedRecord } from './wire/wire-record.js';

/** The log that all of them share. */
class FakeLog {
  readonly records: FetchedRecord[] = [];
  read = 0;
  name = 'log-1';
  /** What another one appends just before. */
  earlier: TopicClaim | undefined;

  async id(): Promise<string> {
    return this.name;
  }

  async note(key: string, value: string): Promise<void> {
    const { earlier } = this;
    this.earlier = undefined;
    if (earlier !== undefined) await this.note(key, JSON.stringify(earlier));
    this.records.push({ key, value, headers: [], offset: String(this.records.length), timestamp: '1700000000000' });
  }

  async *recordsFrom(offset: bigint): AsyncGenerator<FetchedRecord> {
    for (const record of this.records.slice(Number(offset))) {
      this.read += 1;
      yield record;
    }
  }
}

const mine = { recordId: 'record-1', publisherId: 'publisher-1' };
const moved = { recordId: 'record-2', publisherId: 'publisher-1' };
const rebuilt = { recordId: 'record-1', publisherId: 'publisher-2' };
const other = { recordId: 'record-9', publisherId: 'publisher-9' };

describe('the claim of a topic', () => {
  test('is written anew in a log that was made anew', async () => {
    const log = new FakeLog();
    const claims = new TopicClaims(log);
    await claims.take('t', mine);
    log.records.length = 0;
    log.name = 'log-2';
    await claims.take('t', mine);
    await expect(new TopicClaims(log).take('t', other)).rejects.toThrow(TopicTakenError);
    log.records.length = 0;
    log.name = 'log-3';
    await new TopicClaims(log).take('t', other);
    await expect(claims.take('t', mine)).rejects.toThrow(TopicTakenError);
  });

  test('is written once, however often it is taken, and by whichever copy', async () => {
    const log = new FakeLog();
    const [copy, another] = [new TopicClaims(log), new TopicClaims(log)];
    await Promise.all([copy.take('t', mine), copy.take('t', mine)]);
    await another.take('t', mine);
    expect(log.records).toHaveLength(1);
    await copy.take('t', mine);
    expect(log.read).toBe(2);
  });

  test('refuses another record, which writes nothing, and leaves other topics alone', async () => {
    const log = new FakeLog();
    await new TopicClaims(log).take('t', mine);
    const claims = new TopicClaims(log);
    const refusal = claims.take('t', other);
    await expect(refusal).rejects.toThrow(TopicTakenError);
    await expect(refusal).rejects.toThrow('Topic t carries the facts of another installation, since 2023-11-14T22:13:20.000Z');
    expect(log.records).toHaveLength(1);
    await claims.take('t2', other);
  });

  test('is kept when the record is moved, and when the checkpoints are made anew; the record before has lost it then', async () => {
    const log = new FakeLog();
    const claims = new TopicClaims(log);
    await claims.take('t', mine);
    await claims.take('t', moved);
    await expect(new TopicClaims(log).take('t', rebuilt)).rejects.toThrow(TopicTakenError);
    await claims.take('t', { ...moved, publisherId: 'publisher-3' });
    await expect(claims.take('t', mine)).rejects.toThrow(TopicTakenError);
    expect(log.records).toHaveLength(3);
  });

  test('is that of the first, where two take it at once', async () => {
    const log = new FakeLog();
    log.earlier = other;
    await expect(new TopicClaims(log).take('t', mine)).rejects.toThrow(TopicTakenError);
    await new TopicClaims(log).take('t', other);
    expect(log.records).toHaveLength(2);
  });

  test('is not what a record of others looks like', async () => {
    const log = new FakeLog();
    for (const value of ['', '{', 'null', '{}', '{"recordId":7}']) await log.note('topic-claim:t', value);
    await new TopicClaims(log).take('t', mine);
    await expect(new TopicClaims(log).take('t', other)).rejects.toThrow(TopicTakenError);
  });

  test('without the name of a publisher is known by the record alone', async () => {
    const log = new FakeLog();
    await new TopicClaims(log).take('t', { recordId: 'record-1' });
    await expect(new TopicClaims(log).take('t', { recordId: 'record-2' })).rejects.toThrow(TopicTakenError);
    await new TopicClaims(log).take('t', mine);
  });
});
