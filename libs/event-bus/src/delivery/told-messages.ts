import type { Incoming } from '../event-bus.js';
import type { ReadLimits } from './polled-log.js';

/** So that memory stays bounded; whoever falls behind by more reads the log. */
const charactersMax = 1_000_000;

const charactersOf = (message: Incoming): number => (message.kind === 'event' ? message.value.length : 0);

/** The newest messages of one partition, in a row, as far as publishers of this process have told of them. */
export class ToldMessages {
  private messages: readonly Incoming[] = [];
  private characters = 0;

  /** To be told of what was appended; none: of something, but not of what. */
  add(messages: readonly Incoming[]): void {
    const [first] = messages;
    const last = this.messages.at(-1);
    const follows = first !== undefined && last !== undefined && BigInt(last.offset) + 1n === BigInt(first.offset);
    // Of two publishers the one that appended first may tell of it last: then there is a gap, and the log has it.
    this.messages = follows ? [...this.messages, ...messages] : messages;
    this.characters = this.messages.reduce((sum, message) => sum + charactersOf(message), 0);
    if (this.characters > charactersMax) this.messages = [];
  }

  /** What stands from the offset on, within the limits; undefined where the log has to be asked, which has all of it. */
  take(offset: bigint, { messagesMax }: Pick<ReadLimits, 'messagesMax'>): readonly Incoming[] | undefined {
    const [first] = this.messages;
    const skipped = first === undefined ? -1 : Number(offset - BigInt(first.offset));
    const rest = skipped < 0 ? [] : this.messages.slice(skipped);
    this.messages = rest.slice(messagesMax);
    return rest.length === 0 ? undefined : rest.slice(0, messagesMax);
  }

  /** Whether there is something behind what was taken last. */
  get hasMore(): boolean {
    return this.messages.length > 0;
  }
}
