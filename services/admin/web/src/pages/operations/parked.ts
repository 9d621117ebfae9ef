import type { ParkedMessage, Replayed } from '../../api/operations.js';

export interface ParkedSequence {
  readonly topic: string;
  readonly key: string;
  /** In the order in which they came; the first one is at fault, or was. */
  readonly messages: readonly [ParkedMessage, ...ParkedMessage[]];
}

/** Parked messages by topic and key, in the order in which the keys were parked. */
export const byKey = (messages: readonly ParkedMessage[]): readonly ParkedSequence[] => {
  const sequences = new Map<string, { topic: string; key: string; messages: [ParkedMessage, ...ParkedMessage[]] }>();
  for (const message of messages) {
    const name = JSON.stringify([message.topic, message.key]);
    const known = sequences.get(name);
    if (known) known.messages.push(message);
    else sequences.set(name, { topic: message.topic, key: message.key, messages: [message] });
  }
  return [...sequences.values()];
};

/**
 * One answer applies a part of a long sequence; the next parts are asked for until none is left or a message fails
 * again. A part that applied nothing ends it, too: whatever holds the sequence up, asking on would not help it.
 */
export const replayToTheEnd = async (replayPart: () => Promise<Replayed>, onPart: (soFar: Replayed) => void): Promise<Replayed> => {
  let replayed = 0;
  for (;;) {
    const part = await replayPart();
    replayed += part.replayed;
    const soFar = { ...part, replayed };
    if (part.left === 0 || part.reason !== undefined || part.replayed === 0) return soFar;
    onPart(soFar);
  }
};
