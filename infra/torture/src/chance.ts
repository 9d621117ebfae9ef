import { createHash } from 'node:crypto';

/**
 * Chance that can be had again: everything a run does at random comes from one seed. The generator (sfc32) has 128 bits of
 * state, which each source takes from a hash of its name. With 32 bits all sources walk one circle, and of a few dozen
 * that give out ids for an hour, one comes to where another has been.
 */
export class Chance {
  private a: number;
  private b: number;
  private c: number;
  private counter: number;
  private forks = 0;

  constructor(
    readonly seed: number,
    private readonly name = String(seed),
  ) {
    const state = createHash('sha256').update(name).digest();
    [this.a, this.b, this.c, this.counter] = [state.readInt32LE(0), state.readInt32LE(4), state.readInt32LE(8), state.readInt32LE(12)];
  }

  /** 0 (inclusive) to 1 (exclusive). */
  next(): number {
    const mixed = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + mixed) | 0;
    return (mixed >>> 0) / 4_294_967_296;
  }

  /** A whole number from `from` to `to`, both inclusive. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  /** @throws Error for an empty list */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new Error('There is nothing to choose from');
    return item;
  }

  /** A source of its own, so that who asks first does not change what another one gets. */
  fork(): Chance {
    this.forks += 1;
    return new Chance(this.seed, `${this.name}/${this.forks}`);
  }

  uuid(): string {
    const hex = Array.from({ length: 32 }, () => this.between(0, 15).toString(16));
    hex[12] = '4';
    hex[16] = this.pick(['8', '9', 'a', 'b']);
    const text = hex.join('');
    return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
  }
}

/** CAIRN_SEED, or a new one. */
export const seedOfRun = (): number => Number(process.env['CAIRN_SEED'] ?? Math.floor(Math.random() * 1e9));
