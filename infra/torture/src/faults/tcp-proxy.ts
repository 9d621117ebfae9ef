import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/** Stands between the system under test and a server, and does to connections what networks do. */
export class TcpProxy {
  private readonly pairs = new Set<Pair>();
  private frozen = false;
  private answersToLose = 0;
  private port = 0;
  private readonly listener = createServer((client) => this.accept(client));

  private constructor(private readonly target: URL) {}

  static async before(url: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(new URL(url));
    await proxy.listen(0);
    return proxy;
  }

  /** The address of the server, through the proxy. */
  get url(): string {
    return Object.assign(new URL(this.target), { port: String(this.port) }).toString();
  }

  /** Nothing passes in either direction, and nothing breaks. */
  freeze(): void {
    this.frozen = true;
    for (const { client, server } of this.pairs) [client, server].forEach((socket) => socket.pause());
  }

  thaw(): void {
    this.frozen = false;
    for (const { client, server } of this.pairs) [client, server].forEach((socket) => socket.resume());
  }

  /** The next answers of the server are thrown away, each with its connection: what was asked is done, and nobody hears of it. */
  loseAnswers(count: number): void {
    this.answersToLose = count;
  }

  get answersLeftToLose(): number {
    return this.answersToLose;
  }

  /** Ends every connection. */
  cut(): void {
    for (const { client, server } of this.pairs) [client, server].forEach((socket) => socket.destroy());
  }

  /** Ends every connection and refuses new ones. */
  async goDown(): Promise<void> {
    if (!this.listener.listening) return;
    const closed = new Promise<void>((resolve) => this.listener.close(() => resolve()));
    this.cut();
    await closed;
  }

  async comeUp(): Promise<void> {
    await this.listen(this.port);
  }

  private async listen(port: number): Promise<void> {
    await new Promise<void>((resolve) => this.listener.listen(port, '127.0.0.1', resolve));
    this.port = (this.listener.address() as AddressInfo).port;
  }

  private accept(client: Socket): void {
    const pair: Pair = { client, server: connect(Number(this.target.port), this.target.hostname) };
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
