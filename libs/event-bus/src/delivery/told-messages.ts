import type { Incoming } from '../event-bus.js';
import type { ReadLimits } from './polled-log.js';

/** So that memory stays bounded; whoever falls behind by more reads the log. */
const charactersMax = 1_000_000;
/** What a message takes beside its texts, roughly. */
const otherCharacters = 300;

const charactersOf = (message: Incoming): number => {
  if (message.kind === 'watermark') return otherCharacters;
  const headers = Object.entries(message.headers).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  return otherCharacters + message.key.length + message.value.length + headers;
};

/** The newest messages of one partition, in a row, as far as publishers of this process have told of them. */
export class ToldMessages {
  private messages: Incoming[] = [];
  private characters = 0;
  /** Something was told that does not fit: the log has it, and all else. */
  private broken = false;

  /**
   * To be told of what was appended; none: of something, but not of what. Of two publishers the one that appended first
   * may tell of it last.
   */
  add(messages: readonly Incoming[]): void {
    const [first] = messages;
    const last = this.messages.at(-1);
    if (first === undefined || (last !== undefined && BigInt(last.offset) + 1n !== BigInt(first.offset))) this.broken = true;
    this.characters += messages.reduce((sum, message) => sum + charactersOf(message), 0);
    if (this.characters > charactersMax) this.broken = true;
    if (this.broken) this.messages = [];
    else this.messages.push(...messages);
  }

  /** What stands from the offset on, within the limits; undefined where the log has to be asked, which has all of it. */
  take(offset: bigint, { messagesMax }: Pick<ReadLimits, 'messagesMax'>): readonly Incoming[] | undefined {
    const [first] = this.messages;
    const skipped = first === undefined ? -1 : Number(offset - BigInt(first.offset));
    const rest = skipped < 0 ? [] : this.messages.slice(skipped);
    this.clear();
    if (rest.length === 0) return undefined;
    if (rest.length > messagesMax) this.add(rest.slice(messagesMax));
    return rest.slice(0, messagesMax);
  }

  /** Whether there is something behind what was taken last. */
  get hasMore(): boolean {
    return this.messages.length > 0;
  }

  /** The log may be another one. */
  clear(): void {
    this.messages = [];
    this.characters = 0;
    this.broken = false;
  }
}
