import { describe, expect, test } from '@jest/globals';
import type { Candidate, Share } from './assignment.js';
import { shareOut } from './assignment.js';
import { assignmentOf, candidateOf, metadataOf, sharesOf } from './member-wire.js';

const candidate = (memberId: string, owned: readonly number[] = [], more: Partial<Candidate> = {}): Candidate => ({
  memberId,
  topics: ['t'],
  claims: owned.map((partition) => ({ topic: 't', partition, fence: 1 })),
  ...more,
});

const shared = (candidates: readonly Candidate[], partitions = 4): Record<string, string> =>
  Object.fromEntries(
    [...shareOut(candidates, new Map([['t', partitions]]))].map(([id, shares]) => [id, shares.map(shown).join(' ')]),
  );
const shown = ({ partition, surplus }: Share): string => `${partition}${surplus ? '!' : ''}`;

describe('partitions of a group', () => {
  test('are shared fairly among those who come first', () => {
    expect(shared([candidate('a'), candidate('b'), candidate('c')])).toEqual({ a: '0 1', b: '2', c: '3' });
  });

  test('are never taken from who works on them: what is too much is surplus, and the next one waits', () => {
    expect(shared([candidate('a', [0, 1, 2, 3]), candidate('b')])).toEqual({ a: '0 1 2! 3!', b: '' });
    expect(shared([candidate('a', [0, 1]), candidate('b')])).toEqual({ a: '0 1', b: '2 3' });
  });

  test('stay where they are when shares cannot be equal', () => {
    expect(shared([candidate('b', [1, 3]), candidate('a', [0]), candidate('c', [2])])).toEqual({
      a: '0',
      b: '1 3',
      c: '2',
    });
  });

  test('go to the later owner when two claim one', () => {
    const late = candidate('b', [], { claims: [{ topic: 't', partition: 0, fence: 9 }] });
    expect(shared([candidate('a', [0]), late], 2)).toEqual({ a: '1', b: '0' });
  });

  test('each have exactly one owner, whoever claims what', () => {
    const candidates = [candidate('a', [0, 1, 2, 7, 9]), candidate('b', [2, 3]), candidate('c', [], { topics: ['u'] })];
    const shares = shareOut(candidates, new Map([['t', 8], ['u', 3]]));
    const names = [...shares.values()].flat().map(({ topic, partition }) => `${topic}${partition}`);
    expect(names.sort()).toEqual(['t0', 't1', 't2', 't3', 't4', 't5', 't6', 't7', 'u0', 'u1', 'u2']);
    expect(shares.get('c')?.every(({ topic }) => topic === 'u')).toBe(true);
  });

  test('of many small topics do not all go to one member', () => {
    const topics = ['t', 'u', 'v', 'w'];
    const candidates = ['a', 'b'].map((id) => candidate(id, [], { topics }));
    const shares = shareOut(candidates, new Map(topics.map((topic) => [topic, 1])));
    expect([...shares.values()].map((own) => own.length)).toEqual([2, 2]);
  });
});

describe('what members tell each other', () => {
  test('is read as it was written', () => {
    const claims = [{ topic: 'é', partition: 3, fence: 1_790_000_000_000_001 }];
    const memberMetadata = metadataOf(['é', 'u'], claims);
    expect(candidateOf({ memberId: 'm', memberMetadata })).toEqual({ memberId: 'm', topics: ['é', 'u'], claims });
    const shares = [{ topic: 'é', partition: 3, surplus: true }, { topic: 'u', partition: 0, surplus: false }];
    expect(sharesOf(assignmentOf(shares))).toEqual(shares);
    expect(sharesOf(Buffer.alloc(0))).toEqual([]);
  });
});
