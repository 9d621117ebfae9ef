import type { KafkaConfig, SASLOptions } from 'kafkajs';
import { PolledEventBus } from '../delivery/polled-event-bus.js';
import { KafkaLog } from './kafka-log.js';

export interface KafkaEventBusOptions {
  /** `host:port` of some brokers of the cluster; the others are learnt from them. */
  readonly brokers: readonly string[];
  /** How the brokers call this client in their logs and quotas. */
  readonly clientId: string;
  /** Stands before the names of topics and groups, so that several platforms share a cluster; default none. */
  readonly topicPrefix?: string;
  readonly ssl?: KafkaConfig['ssl'];
  readonly sasl?: SASLOptions;
  /** The longest that one call may take before the bus counts as unavailable; default 10,000. */
  readonly callTimeoutMs?: number;
  /**
   * After this long without a heartbeat a member counts as dead; default 6,000, the least that Kafka allows unless its
   * `group.min.session.timeout.ms` says otherwise.
   */
  readonly sessionTimeoutMs?: number;
  /** Default 300: how soon members notice that another has joined or left. */
  readonly heartbeatMs?: number;
  /** See `DeliveryTimes`. */
  readonly pollMs?: number;
  readonly idlePollMs?: number;
}

/** The bus over Kafka. */
export class KafkaEventBus extends PolledEventBus {}

/** Connects when it is first used, and again whenever a broker was away: a cluster that is absent is no error here. */
export const openKafkaEventBus = (options: KafkaEventBusOptions): KafkaEventBus => {
  const { topicPrefix = '', sessionTimeoutMs = 6_000, heartbeatMs = 300, pollMs, idlePollMs } = options;
  const { brokers, clientId, ssl, sasl, callTimeoutMs = 10_000 } = options;
  const access = { ...(ssl === undefined ? {} : { ssl }), ...(sasl === undefined ? {} : { sasl }) };
  return new KafkaEventBus(new KafkaLog({ brokers, clientId, callTimeoutMs, ...access }, topicPrefix), {
    leaseMs: sessionTimeoutMs,
    heartbeatMs,
    ...(pollMs === undefined ? {} : { pollMs }),
    ...(idlePollMs === undefined ? {} : { idlePollMs }),
  });
};
