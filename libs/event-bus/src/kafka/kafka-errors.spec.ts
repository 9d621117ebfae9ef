import { describe, expect, test } from '@jest/globals';
import { EventBusUnavailableError, InvalidMessageError } from '../event-bus.js';
import { endsConnections, errorOfPort, hasMoved, typeOf } from './kafka-errors.js';

const protocolError = (type: string): Error => Object.assign(new Error(`kafka says ${type}`), { name: 'KafkaJSProtocolError', type });
const named = (name: string, cause?: Error): Error => Object.assign(new Error(`it was ${name}`, { cause }), { name });
const retriesExceeded = (cause: Error): Error => named('KafkaJSNumberOfRetriesExceeded', cause);

describe('an error of kafkajs', () => {
  test.each([
    ['UNKNOWN_TOPIC_OR_PARTITION', /was not made/],
    ['INVALID_TOPIC_EXCEPTION', /allows letters, digits/],
    ['MESSAGE_TOO_LARGE', /larger than max.message.bytes/],
  ])('%s is a refusal that no retry mends', (type, says) => {
    const error = errorOfPort('to publish', retriesExceeded(protocolError(type)));
    expect(error).toBeInstanceOf(InvalidMessageError);
    expect(error.message).toMatch(says);
  });

  test.each([
    [protocolError('SASL_AUTHENTICATION_FAILED'), /does not accept the credentials/],
    [named('KafkaJSSASLAuthenticationError'), /does not accept the credentials/],
    [protocolError('TOPIC_AUTHORIZATION_FAILED'), /denies access/],
    [protocolError('UNSUPPORTED_VERSION'), /version that this client cannot speak to/],
    [named('KafkaJSServerDoesNotSupportApiKey'), /version that this client cannot speak to/],
    [protocolError('INVALID_SESSION_TIMEOUT'), /group.min.session.timeout.ms/],
    [protocolError('NOT_COORDINATOR_FOR_GROUP'), /is moving or starting/],
    [named('KafkaJSRequestTimeoutError'), /is slow/],
    [protocolError('NOT_ENOUGH_REPLICAS'), /too few copies in sync/],
    [named('KafkaJSConnectionError'), /is away/],
    ['not even an error', /is away/],
  ])('%s says what an operator has to look at', (cause, says) => {
    const error = errorOfPort('to publish', cause);
    expect(error).toBeInstanceOf(EventBusUnavailableError);
    expect(error.message).toMatch(says);
    expect(error.message).toMatch(/to publish/);
    expect(error.cause).toBe(cause);
  });

  test('is seen through what kafkajs wraps it in', () => {
    expect(typeOf(retriesExceeded(protocolError('NOT_CONTROLLER')))).toBe('NOT_CONTROLLER');
    const several = Object.assign(new Error('several'), { errors: [protocolError('TOPIC_ALREADY_EXISTS')] });
    expect(typeOf(several)).toBe('TOPIC_ALREADY_EXISTS');
    expect(typeOf(named('KafkaJSError', protocolError('REBALANCE_IN_PROGRESS')))).toBe('REBALANCE_IN_PROGRESS');
  });

  test('of the port stays what it is', () => {
    const own = new EventBusUnavailableError('The bus was closed');
    expect(errorOfPort('to publish', own)).toBe(own);
  });

  test('ends the connections unless it is an answer about the question', () => {
    expect(endsConnections(named('KafkaJSConnectionError'))).toBe(true);
    expect(endsConnections(new EventBusUnavailableError('slow'))).toBe(true);
    expect(endsConnections(protocolError('NOT_COORDINATOR_FOR_GROUP'))).toBe(true);
    expect(endsConnections(protocolError('REBALANCE_IN_PROGRESS'))).toBe(false);
    expect(hasMoved(protocolError('GROUP_LOAD_IN_PROGRESS'))).toBe(true);
    expect(hasMoved(named('KafkaJSConnectionError'))).toBe(false);
  });
});
