export interface BrokerPorts {
  readonly broker: number;
  readonly controller: number;
}

/** The largest message that Cairn sends is 1,100,000 bytes with 16 KB of headers; the rest is for the key and the framing. */
export const messageBytesMax = 1_200_000;

/** Kafka keeps offsets of groups without members for so many minutes: the most that the setting holds, some 4,000 years. */
const forEver_minutes = 2_147_483_647;

/** Settings of a broker and controller in one process, for this machine alone. */
export const brokerSettings = (ports: BrokerPorts, dataFolder: string): Readonly<Record<string, string>> => ({
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
  'controller.listener.names': 'CONTROLLER',
  listeners: `PLAINTEXT://127.0.0.1:${ports.broker},CONTROLLER://127.0.0.1:${ports.controller}`,
  'advertised.listeners': `PLAINTEXT://127.0.0.1:${ports.broker}`,
  'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
  'inter.broker.listener.name': 'PLAINTEXT',
  'log.dirs': dataFolder,

  // Topics are made on purpose, with their partitions and retention; a misspelt name is an error.
  'auto.create.topics.enable': 'false',
  'message.max.bytes': String(messageBytesMax),
  'replica.fetch.max.bytes': String(messageBytesMax),

  // A record is kept until someone says otherwise for its topic.
  'log.retention.ms': '-1',
  'log.retention.bytes': '-1',
  // A group that slept over the summer goes on where it stood.
  'offsets.retention.minutes': String(forEver_minutes),

  // The first member of a group need not wait for others, and a member that died may be noticed within a second.
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '1000',

  // One broker can hold one copy of what the broker keeps for itself.
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '4',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'transaction.state.log.num.partitions': '2',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'share.coordinator.state.topic.num.partitions': '1',

  // Small: few threads, and buffers that fit the small heap.
  'num.network.threads': '2',
  'num.io.threads': '4',
  'group.coordinator.threads': '1',
  'log.cleaner.dedupe.buffer.size': '4194304',
  'log.index.size.max.bytes': '1048576',
  // How soon the controller takes in a broker that has started, and lets one go that wants to end.
  'broker.heartbeat.interval.ms': '500',
  // A broker that was killed may register again only when the controller has missed it for so long; this one is its own controller.
  'broker.session.timeout.ms': '3000',
});

const escaped = (value: string): string => value.replaceAll('\\', '\\\\');

/** The settings as a Java properties file. */
export const renderProperties = (settings: Readonly<Record<string, string>>): string =>
  `# Written at each start.\n${Object.entries(settings).map(([name, value]) => `${name}=${escaped(value)}\n`).join('')}`;
