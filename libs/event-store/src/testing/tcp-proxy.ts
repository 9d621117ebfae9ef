import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/** Stands between a store and its server, to do what networks and servers do to connections. */
export class TcpProxy {
  private readonly pairs = new Set<Pair>();
  private frozen = false;
  private swallowing = false;
  private readonly listener = createServer((client) => this.accept(client));

  private constructor(private readonly target: URL) {}

  /** @throws Error for a URL of several hosts, or one by which the client asks for others: they would go past it */
  static async before(url: string): Promise<TcpProxy> {
    if (!/^\w+:\/\/[^,/?]+([/?]|$)/.test(url)) throw new Error('A proxy stands before one server: name one host, without +discover');
    const proxy = new TcpProxy(new URL(url));
    await proxy.listen(0);
    return proxy;
  }

  /** The address of the server, through the proxy. */
  get url(): string {
    return Object.assign(new URL(this.target), { hostname: '127.0.0.1', port: String(this.port) }).toString();
  }

  private port = 0;

  private async listen(port: number): Promise<void> {
    await new Promise<void>((resolve) => this.listener.listen(port, '127.0.0.1', resolve));
    this.port = (this.listener.address() as AddressInfo).port;
  }

  /** Nothing goes through any more, in either direction, and nothing breaks: a server that was stopped with SIGSTOP. */
  freeze(): void {
    this.frozen = true;
    for (const { client, server } of this.pairs) [client, server].forEach((socket) => socket.pause());
  }

  thaw(): void {
    this.frozen = false;
    for (const { client, server } of this.pairs) [client, server].forEach((socket) => socket.resume());
  }

  /** What the server answers from now on is lost; the connection ends at the first lost answer. */
  loseAnswers(): void {
    this.swallowing = true;
  }

  /** Ends every connection. */
  cut(): void {
    for (const { client, server } of this.pairs) [client, server].forEach((socket) => socket.destroy());
  }

  /** Ends every connection and refuses new ones, like a server that is down. */
  async goDown(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.listener.close(() => resolve()));
    this.cut();
    await closed;
  }

  async comeUp(): Promise<void> {
    await this.listen(this.port);
  }

  private accept(client: Socket): void {
    const pair: Pair = { client, server: connect(Number(this.target.port || 2113), this.target.hostname) };
    this.pairs.add(pair);
    const end = (): void => {
      this.pairs.delete(pair);
      client.destroy();
      pair.server.destroy();
    };
    for (const socket of [client, pair.server]) socket.on('error', end).on('close', end);
    client.on('data', (bytes) => pair.server.write(bytes));
    pair.server.on('data', (bytes) => {
      if (!this.swallowing) return void client.write(bytes);
      this.swallowing = false;
      end();
    });
    if (this.frozen) [client, pair.server].forEach((socket) => socket.pause());
  }
}
