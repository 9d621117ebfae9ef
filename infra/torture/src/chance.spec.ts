import { describe, expect, test } from '@jest/globals';

import { Chance } from './chance.js';

const drawn = (chance: Chance, count: number): readonly number[] => Array.from({ length: count }, () => chance.next());

describe('chance', () => {
  test('is the same again by its seed, and that of a fork does not depend on what others draw', () => {
    const [one, other] = [new Chance(7), new Chance(7)];
    expect(drawn(one, 100)).toEqual(drawn(other, 100));
    const fork = one.fork();
    drawn(other, 50);
    expect(drawn(other.fork(), 100)).toEqual(drawn(fork, 100));
    expect(drawn(new Chance(8), 100)).not.toEqual(drawn(new Chance(7), 100));
  });

  test('of one fork never runs into that of another', () => {
    const root = new Chance(1);
    const seen = new Map<string, number>();
    const met: string[] = [];
    for (let number = 0; number < 300; number += 1) {
      const fork = root.fork();
      // Places that can be known again wherever a walk comes by, with what follows there.
      for (let draw = 0; draw < 50_000; draw += 1) {
        if (fork.next() >= 1 / 512) continue;
        const place = `${fork.next()} ${fork.next()}`;
        if (seen.has(place)) met.push(`fork ${number} came where fork ${seen.get(place)} had been`);
        seen.set(place, number);
      }
    }
    expect(met.slice(0, 3)).toEqual([]);
  });

  test('is spread evenly', () => {
    const chance = new Chance(11);
    const counts = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 100_000; draw += 1) {
      const number = chance.between(0, 9);
      counts[number] = (counts[number] ?? 0) + 1;
    };
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(600);
  });
});
