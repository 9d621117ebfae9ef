import { EventBusUnavailableError, InvalidMessageError } from '../event-bus.js';

/** Kafka's name of an error, such as `NOT_LEADER_FOR_PARTITION`, also out of one that kafkajs has wrapped. */
export const typeOf = (error: unknown): string | undefined => {
  const found = originOf(error);
  return 'type' in found && typeof found.type === 'string' ? found.type : undefined;
};

/** The error that kafkajs gave up for, out of "number of retries exceeded" or "several errors". */
const originOf = (error: unknown, depth = 0): Error => {
  if (!(error instanceof Error)) return new Error(String(error));
  const gathered: unknown = 'errors' in error && Array.isArray(error.errors) ? error.errors[0] : undefined;
  if (gathered instanceof Error) return gathered;
  const wraps = error.name === 'KafkaJSNumberOfRetriesExceeded' || (error.name === 'KafkaJSError' && !('type' in error));
  return wraps && error.cause instanceof Error && depth < 8 ? originOf(error.cause, depth + 1) : error;
};

/** What no second try of the same call mends. */
const refusals: ReadonlyMap<string, string> = new Map([
  ['UNKNOWN_TOPIC_OR_PARTITION', 'the topic was not made'],
  ['INVALID_TOPIC_EXCEPTION', 'Kafka allows letters, digits, ".", "_" and "-" in the name of a topic, 249 in all'],
  ['MESSAGE_TOO_LARGE', 'the message is larger than max.message.bytes of the topic'],
  ['RECORD_LIST_TOO_LARGE', 'the messages are larger than segment.bytes of the topic'],
]);

const accessTypes = new Set([
  'SASL_AUTHENTICATION_FAILED',
  'ILLEGAL_SASL_STATE',
  'UNSUPPORTED_SASL_MECHANISM',
  'SECURITY_DISABLED',
]);

const versionTypes = new Set(['UNSUPPORTED_VERSION', 'UNSUPPORTED_FOR_MESSAGE_FORMAT']);

/** After these the answer comes from another broker, or from the same one when it has read its files. */
const movedTypes = new Set([
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'BROKER_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'NOT_CONTROLLER',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'NETWORK_EXCEPTION',
]);

const sayWhy = (origin: Error, type: string | undefined): string => {
  const text = origin.message || origin.name;
  if (origin.name.startsWith('KafkaJSSASL') || (type !== undefined && accessTypes.has(type))) {
    return `Kafka does not accept the credentials (${text})`;
  }
  if (type?.endsWith('AUTHORIZATION_FAILED')) return `Kafka denies access (${text})`;
  if (type !== undefined && versionTypes.has(type)) return `Kafka has a version that this client cannot speak to (${text})`;
  if (origin.name === 'KafkaJSNotImplemented' || origin.name === 'KafkaJSServerDoesNotSupportApiKey') {
    return `Kafka has a version that this client cannot speak to (${text})`;
  }
  if (type === 'INVALID_SESSION_TIMEOUT') {
    return `Kafka does not allow the session timeout; see group.min.session.timeout.ms of the broker (${text})`;
  }
  if (type === 'INVALID_REPLICATION_FACTOR') return `Kafka has fewer brokers than copies are asked for (${text})`;
  if (type !== undefined && movedTypes.has(type)) return `Kafka is moving or starting (${text})`;
  if (origin.name === 'KafkaJSRequestTimeoutError' || type === 'REQUEST_TIMED_OUT') return `Kafka is slow (${text})`;
  if (type === 'NOT_ENOUGH_REPLICAS' || type === 'NOT_ENOUGH_REPLICAS_AFTER_APPEND') {
    return `Kafka has too few copies in sync to take messages (${text})`;
  }
  return `Kafka is away (${text})`;
};

/** One of the two errors of the port, which says what an operator has to look at. */
export const errorOfPort = (what: string, error: unknown): EventBusUnavailableError | InvalidMessageError => {
  if (error instanceof EventBusUnavailableError || error instanceof InvalidMessageError) return error;
  const origin = originOf(error);
  const type = typeOf(error);
  const refusal = type === undefined ? undefined : refusals.get(type);
  if (refusal !== undefined) return new InvalidMessageError(`${what}: ${refusal}`, { cause: error });
  return new EventBusUnavailableError(`${sayWhy(origin, type)}: ${what}`, { cause: error });
};

/** True when another broker may answer the same question, or the same one in a moment. */
export const hasMoved = (error: unknown): boolean => movedTypes.has(typeOf(error) ?? '');

/** True when the connections and what is known of the cluster are of no more use. */
export const endsConnections = (error: unknown): boolean => {
  const type = typeOf(error);
  return type === undefined || movedTypes.has(type) || accessTypes.has(type);
};

const lostTypes = new Set(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID', 'GROUP_ID_NOT_FOUND']);

/** True when the broker knows the member no more, and what it owned may have another owner. */
export const membershipLost = (error: unknown): boolean => lostTypes.has(typeOf(error) ?? '');

/** What a coordinator says of a member, and which is no failure of the bus. */
export const isAboutMembership = (error: unknown): boolean =>
  membershipLost(error) || typeOf(error) === 'REBALANCE_IN_PROGRESS';
