import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { freePort } from '../free-port.js';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

const eventStoreDbPort = 2113;

/** Stands between what is tested and a server, to do what networks and servers do to connections. */
export class TcpProxy {
  private readonly pairs = new Set<Pair>();
  private frozen = false;
  private answersToLose = 0;
  private readonly listener = createServer((client) => this.accept(client));

  private constructor(
    private readonly target: URL,
    private readonly port: number,
  ) {}

  /** @throws Error for a URL of several hosts, or one by which the client asks for others: they would go past it */
  static async before(url: string): Promise<TcpProxy> {
    if (!/^\w+:\/\/[^,/?]+([/?]|$)/.test(url)) throw new Error('A proxy stands before one server: name one host, without +discover');
    const proxy = new TcpProxy(new URL(url), await freePort());
    await proxy.comeUp();
    return proxy;
  }

  /** The address of the server, through the proxy. */
  get url(): string {
    return Object.assign(new URL(this.target), { hostname: '127.0.0.1', port: String(this.port) }).toString();
  }

  /** Nothing passes in either direction, and nothing breaks: a server that was stopped with SIGSTOP. */
  freeze(): void {
    this.frozen = true;
    for (const { client, server } of this.pairs) [client, server].forEach((socket) => socket.pause());
  }

  thaw(): void {
    this.frozen = false;
    for (const { client, server } of this.pairs) [client, server].forEach((socket) => socket.resume());
  }

  /** The next answers of the server are thrown away, each with its connection: what was asked is done, and nobody hears of it. */
  loseAnswers(count = 1): void {
    this.answersToLose = count;
  }

  get answersLeftToLose(): number {
    return this.answersToLose;
  }

  /** Ends every connection. */
  cut(): void {
    for (const { client, server } of this.pairs) [client, server].forEach((socket) => socket.destroy());
  }

  /** Ends every connection and refuses new ones, like a server that is down. */
  async goDown(): Promise<void> {
    if (!this.listener.listening) return;
    const closed = new Promise<void>((resolve) => this.listener.close(() => resolve()));
    this.cut();
    await closed;
  }

  async comeUp(): Promise<void> {
    this.listener.listen(this.port, '127.0.0.1');
    await once(this.listener, 'listening');
  }

  private accept(client: Socket): void {
    const pair: Pair = { client, server: connect(Number(this.target.port || eventStoreDbPort), this.target.hostname) };
    this.pairs.add(pair);
    const end = (): void => {
      this.pairs.delete(pair);
      client.destroy();
      pair.server.destroy();
    };
    for (const socket of [client, pair.server]) socket.on('error', end).on('close', end);
    client.on('data', (bytes) => pair.server.write(bytes));
    pair.server.on('data', (bytes) => {
      if (this.answersToLose === 0) return void client.write(bytes);
      this.answersToLose -= 1;
      end();
    });
    if (this.frozen) [client, pair.server].forEach((socket) => socket.pause());
  }
}
