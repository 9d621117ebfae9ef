import { connect } from 'node:net';

// The readiness check speaks just enough of Kafka's protocol for one question, so that starting a broker needs no client library.
const metadataKey = 3;
const metadataVersion = 1;
const correlationId = 20_26;

const request = (): Buffer => {
  const clientId = Buffer.from('cairn-engines');
  const body = Buffer.alloc(4 + 10 + clientId.length + 4);
  let at = body.writeInt32BE(body.length - 4, 0);
  at = body.writeInt16BE(metadataKey, at);
  at = body.writeInt16BE(metadataVersion, at);
  at = body.writeInt32BE(correlationId, at);
  at = body.writeInt16BE(clientId.length, at);
  at += clientId.copy(body, at);
  body.writeInt32BE(0, at); // no topics: the cluster alone
  return body;
};

/** What one broker says of its cluster. */
export interface ClusterMetadata {
  /** Brokers that take requests, as `host:port`. */
  readonly brokers: readonly string[];
  /** -1 while there is none. */
  readonly controllerId: number;
}

/** Reads a Metadata response of version 1, after its length. @throws RangeError when it is cut short, Error when it is none. */
export const parseMetadata = (response: Buffer): ClusterMetadata => {
  let at = 0;
  const int = (bytes: 2 | 4): number => {
    const value = response.readIntBE(at, bytes);
    at += bytes;
    return value;
  };
  const text = (): string => {
    const length = int(2);
    const value = response.toString('utf8', at, at + Math.max(0, length));
    at += Math.max(0, length);
    return value;
  };
  if (int(4) !== correlationId) throw new Error('The answer is to another question, or not in the protocol of Kafka.');
  const brokers: string[] = [];
  for (let left = int(4); left > 0; left -= 1) {
    int(4); // its id
    const host = text();
    brokers.push(`${host}:${int(4)}`);
    text(); // its rack
  }
  return { brokers, controllerId: int(4) };
};

const answerBytesMax = 1_000_000;

/**
 * Asks the broker at `host:port` for its cluster. @throws Error when nothing answers within `timeout_ms`, or something that
 * does not speak the protocol.
 */
export const askMetadata = (broker: string, timeout_ms: number): Promise<ClusterMetadata> =>
  new Promise((resolve, reject) => {
    const colon = broker.lastIndexOf(':');
    const socket = connect({ host: broker.slice(0, colon), port: Number(broker.slice(colon + 1)) });
    const timer = setTimeout(() => socket.destroy(new Error(`${broker} did not answer within ${timeout_ms} ms`)), timeout_ms);
    let received = Buffer.alloc(0);
    socket.once('connect', () => socket.write(request()));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 4) return;
      const length = received.readInt32BE(0);
      if (length < 0 || length > answerBytesMax) return void socket.destroy(new Error(`${broker} does not speak the protocol of Kafka`));
      if (received.length < 4 + length) return;
      try {
        resolve(parseMetadata(received.subarray(4, 4 + length)));
      } catch (error) {
        reject(error);
      }
      socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => {
      clearTimeout(timer);
      reject(new Error(`${broker} closed the connection without an answer`));
    });
  });
