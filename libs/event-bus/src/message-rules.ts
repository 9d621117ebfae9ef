import type { OutgoingMessage, TopicOptions, Watermark } from './event-bus.js';
import { eventBusLimits, InvalidMessageError } from './event-bus.js';

const refuse = (why: string): never => {
  throw new InvalidMessageError(why);
};

/** No engine keeps a NUL or half a surrogate pair in text, so none is let in. */
const checkText = (what: string, text: string): void => {
  if (text.includes('\u0000') || /\p{Surrogate}/u.test(text)) refuse(`${what} holds a NUL or a lone surrogate`);
};

/** Names of topics, groups and scopes, ids and positions: never empty, never long. */
export const checkName = (what: string, name: string): void => {
  if (name === '') refuse(`${what} is empty`);
  if (name.length > eventBusLimits.nameCharactersMax) {
    refuse(`${what} is longer than ${eventBusLimits.nameCharactersMax} characters`);
  }
  checkText(what, name);
};

const checkHeaders = (id: string, headers: Readonly<Record<string, string>>): void => {
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    checkText(`Header ${name} of message ${id}`, name);
    checkText(`Header ${name} of message ${id}`, value);
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  if (bytes > eventBusLimits.headersBytesMax) {
    refuse(`Message ${id} has ${bytes} bytes of headers, ${eventBusLimits.headersBytesMax} are allowed`);
  }
};

const checkMessage = (message: OutgoingMessage): void => {
  checkName('The id of a message', message.id);
  const { id, key, value } = message;
  if (key === '') refuse(`Message ${id} has no key`);
  if (key.length > eventBusLimits.keyCharactersMax) {
    refuse(`Message ${id} has a key of ${key.length} characters, ${eventBusLimits.keyCharactersMax} are allowed`);
  }
  checkText(`The key of message ${id}`, key);
  checkHeaders(id, message.headers);
  const bytes = Buffer.byteLength(value);
  if (bytes > eventBusLimits.messageBytesMax) {
    refuse(`Message ${id} has ${bytes} bytes, ${eventBusLimits.messageBytesMax} are allowed`);
  }
  checkText(`The value of message ${id}`, value);
  checkMark(message.scope, message.sourcePosition);
};

const checkMark = (scope: string, position: string): void => {
  checkName('A scope', scope);
  checkName(`A position of ${scope}`, position);
};

/** Refuses the whole call when one message breaks a rule. @throws InvalidMessageError */
export const checkMessages = (messages: readonly OutgoingMessage[]): void => {
  if (messages.length > eventBusLimits.publishMessagesMax) {
    refuse(`${messages.length} messages at once, ${eventBusLimits.publishMessagesMax} are allowed`);
  }
  for (const message of messages) checkMessage(message);
};

/** @throws InvalidMessageError */
export const checkWatermark = (mark: Watermark): void => checkMark(mark.scope, mark.position);

/** @throws InvalidMessageError */
export const checkTopicOptions = (topic: string, { partitions, retentionMs }: TopicOptions): void => {
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > eventBusLimits.partitionsMax) {
    refuse(`Topic ${topic}: partitions must be a whole number from 1 to ${eventBusLimits.partitionsMax}`);
  }
  if (retentionMs !== undefined && !(Number.isSafeInteger(retentionMs) && retentionMs >= 1)) {
    refuse(`Topic ${topic}: retentionMs must be a whole number of milliseconds, 1 or more`);
  }
};

/** Number of messages in a batch. @throws InvalidMessageError */
export const checkBatchSize = (messagesMax: number): void => {
  if (!Number.isInteger(messagesMax) || messagesMax < 1 || messagesMax > eventBusLimits.batchMessagesMax) {
    refuse(`batchMessagesMax must be a whole number from 1 to ${eventBusLimits.batchMessagesMax}`);
  }
};
