import { keysOf, parkedOf } from './dead-letters-of.js';
import type { ParkedKey, ParkedMessage, Wanted } from './dead-letters-of.js';
import { deadLettersTable, plainText } from './dead-letters-table.js';
import type { PlatformCall } from './with-platform.js';
import { callOf, PlatformRefusal, withPlatform } from './with-platform.js';

/** Where the platform is, and which of its parked messages are meant. */
export interface DeadLettersOptions extends Wanted {
  readonly data: string;
  readonly url?: string;
  readonly token?: string;
  readonly json: boolean;
}

interface Replayed {
  readonly replayed: number;
  readonly left: number;
  readonly reason?: string;
}

const listedMax = 1_000;

const withPlatformOf = async ({ data, url, token }: DeadLettersOptions, work: (call: PlatformCall) => Promise<void>): Promise<void> => {
  if (url === undefined) return withPlatform(data, work);
  if (!token) throw new Error('A platform elsewhere asks who you are: set CAIRN_TOKEN, or give --token.');
  return work(callOf(url.replace(/\/+$/, ''), token));
};

const post = <Answer>(call: PlatformCall, path: string, body: object): Promise<Answer> =>
  call.request<Answer>('POST', path, { type: 'application/json', content: Buffer.from(JSON.stringify(body)) });

const placeOf = ({ service, topic, key }: ParkedKey): string => `${service}, ${topic}, key ${plainText(key)}`;

const say = (json: boolean, answer: object, words: () => string): void => console.log(json ? JSON.stringify(answer, null, 2) : words());

/** `cairn dead-letters list`: what the services heard and could not apply, and what stands behind it. */
export const listDeadLetters = (options: DeadLettersOptions): Promise<void> =>
  withPlatformOf(options, async (call) => {
    const items: ParkedMessage[] = [];
    let more = false;
    for await (const parked of parkedOf(call, options)) {
      more = items.length === listedMax;
      if (more) break;
      items.push(parked);
    }
    say(options.json, { items, more }, () => {
      if (items.length === 0) return 'Nothing is parked.';
      const rest = more ? `\nThere are more. Narrow it down with --service, --topic or --key.` : '';
      return `${deadLettersTable(items)}${rest}`;
    });
  });

/** Replays what is parked of a key until nothing is left, or one message fails again. */
const replayKey = async (call: PlatformCall, { service, topic, key }: ParkedKey): Promise<Replayed> => {
  let replayed = 0;
  for (;;) {
    try {
      const answer = await post<Replayed>(call, `/api/services/${service}/parked-messages/replay`, { topic, key });
      replayed += answer.replayed;
      if (answer.left === 0 || answer.reason !== undefined || answer.replayed === 0) return { ...answer, replayed };
    } catch (error) {
      // Somebody else has replayed or dropped the rest meanwhile.
      if (error instanceof PlatformRefusal && error.status === 404) return { replayed, left: 0 };
      throw error;
    }
  }
};

const replayedWords = (at: ParkedKey, { replayed, left, reason }: Replayed): string => {
  const done = `${placeOf(at)}: ${replayed} replayed, ${left === 0 ? 'the key is open again' : `${left} left`}.`;
  return reason === undefined ? done : `${done}\n  The first that is left failed again: ${plainText(reason)}`;
};

/** `cairn dead-letters replay`: applies what is parked, key by key in its order. Exit code 1 when anything is left. */
export const replayDeadLetters = (options: DeadLettersOptions): Promise<void> =>
  withPlatformOf(options, async (call) => {
    const keys = await keysOf(call, options);
    if (keys.length === 0 && options.key !== undefined) throw new Error(`Nothing is parked under the key ${options.key}.`);
    const items: (ParkedKey & Replayed)[] = [];
    for (const at of keys) {
      const outcome = await replayKey(call, at);
      items.push({ ...at, ...outcome });
      if (!options.json) console.log(replayedWords(at, outcome));
    }
    if (options.json) console.log(JSON.stringify({ items }, null, 2));
    else if (items.length === 0) console.log('Nothing is parked.');
    if (items.some(({ left }) => left > 0)) process.exitCode = 1;
  });

/** `cairn dead-letters drop`: gives one message up. It is kept whole in the service, with who dropped it and why. */
export const dropDeadLetter = (options: DeadLettersOptions & { readonly id: string; readonly reason: string }): Promise<void> =>
  withPlatformOf(options, async (call) => {
    const found: ParkedMessage[] = [];
    for await (const parked of parkedOf(call, options)) if (parked.messageId === options.id) found.push(parked);
    const [parked, other] = found;
    if (parked === undefined) throw new Error(`No message ${options.id} is parked.`);
    // Each service that listens to a topic parks for itself.
    if (other !== undefined) throw new Error(`It is parked by ${found.map(({ service }) => service).join(' and ')}: name one with --service.`);
    const { service, topic, key, messageId } = parked;
    const { reason } = options;
    await post(call, `/api/services/${service}/parked-messages/drop`, { topic, key, messageId, reason });
    say(options.json, { service, topic, key, messageId, reason }, () =>
      `Dropped ${messageId} (${placeOf(parked)}). What is parked behind it can be replayed now.`);
  });
