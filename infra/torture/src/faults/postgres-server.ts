import { setTimeout as sleep } from 'node:timers/promises';

import type { EmbeddedPostgres } from '@cairn/embedded-postgres';
import { startEmbeddedPostgres } from '@cairn/embedded-postgres';

/** How a server ends: in order; at once, by its own hand (SIGQUIT); killed with no hand at all. */
export type Ending = 'fast' | 'immediate' | 'killed';

/** A durable PostgreSQL of the run's own, to be restarted at will; its address stays the same. */
export class PostgresServer {
  private constructor(
    private readonly dataDir: string,
    private server: EmbeddedPostgres,
  ) {}

  static async start(dataDir: string): Promise<PostgresServer> {
    return new PostgresServer(dataDir, await started(dataDir));
  }

  get url(): string {
    return this.server.url;
  }

  urlOf(database: string): string {
    return this.server.urlOf(database);
  }

  async end(how: Ending): Promise<void> {
    if (how !== 'fast') process.kill(this.server.pid, how === 'immediate' ? 'SIGQUIT' : 'SIGKILL');
    await this.server.stop().catch(() => undefined);
  }

  async begin(): Promise<void> {
    this.server = await started(this.dataDir);
  }

  /** @param away_ms for how long nothing answers */
  async restart(how: Ending, away_ms = 0): Promise<void> {
    await this.end(how);
    await sleep(away_ms);
    await this.begin();
  }
}

const started = (dataDir: string): Promise<EmbeddedPostgres> =>
  startEmbeddedPostgres({ dataDir, purpose: 'torture', settings: { shared_buffers: '64MB' } });
