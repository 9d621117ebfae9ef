import type { RequestListener } from 'node:http';

import { z } from 'zod';

/** Where a service answers. */
export interface Upstream {
  readonly name: string;
  readonly url: string;
  /** Of a service that runs in this process: what its server calls for each request. */
  readonly handle?: RequestListener;
}

type OpenApi = z.infer<typeof openApiSchema>;
const openApiSchema = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()).optional() }).optional(),
  tags: z.array(z.unknown()).optional(),
});

interface Route {
  readonly pattern: RegExp;
  /** Path parts that are not parameters: the more, the more exact. */
  readonly exactness: number;
  readonly upstream: Upstream;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const patternOf = (template: string): RegExp =>
  new RegExp(`^${template.split('/').map((part) => (part.startsWith('{') ? '[^/]+' : escaped(part))).join('/')}$`);

const documentTimeout_ms = 3_000;
const askedAgainAfter_ms = 10_000;

/** The services behind the door. Their OpenAPI documents say which paths are whose, so that a new route needs no entry here. */
export class Upstreams {
  private readonly documents = new Map<string, OpenApi>();
  private routes: readonly Route[] = [];

  private asking: Promise<void> = Promise.resolve();
  private askedAt = -Infinity;

  constructor(
    readonly upstreams: readonly Upstream[],
    private readonly now: () => number = Date.now,
  ) {}

  /** Asks each service that has not told yet for its document. @returns the names of those that did not answer */
  async learn(): Promise<readonly string[]> {
    await this.askAll(this.upstreams.filter(({ name }) => !this.documents.has(name)));
    return this.silent;
  }

  /** The service that a path belongs to; the most exact template wins. */
  find(path: string): Upstream | undefined {
    const matching = this.routes.filter(({ pattern }) => pattern.test(path));
    return matching.sort((left, right) => right.exactness - left.exactness)[0]?.upstream;
  }

  /**
   * The service that a path belongs to by what the services say now: one that was deployed anew may have new routes.
   * They are asked at most once in 10 s, because anybody can ask for a path that nobody has.
   */
  async findAnew(path: string): Promise<Upstream | undefined> {
    if (this.now() - this.askedAt >= askedAgainAfter_ms) {
      this.askedAt = this.now();
      this.asking = this.askAll(this.upstreams);
    }
    await this.asking;
    return this.find(path);
  }

  /** The names of the services that have not told what they serve: a path that nobody has may be theirs. */
  get silent(): readonly string[] {
    return this.upstreams.filter(({ name }) => !this.documents.has(name)).map(({ name }) => name);
  }

  /** The documents of all services in one. */
  merged(own: object): object {
    const documents = [openApiSchema.parse(own), ...this.documents.values()];
    const health = Object.entries(documents[0]?.paths ?? {});
    return {
      openapi: '3.1.0',
      info: { title: 'Cairn', version: '1', description: 'The spread of an initiative across a school district, at any date.' },
      paths: Object.fromEntries([...documents.slice(1).flatMap(({ paths }) => Object.entries(paths)), ...health]),
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
        schemas: Object.assign({}, ...documents.map(({ components }) => components?.schemas ?? {})),
      },
      security: [{ bearer: [] }],
    };
  }

  private async askAll(upstreams: readonly Upstream[]): Promise<void> {
    if (upstreams.length === 0) return;
    await Promise.all(upstreams.map((upstream) => this.ask(upstream)));
    this.routes = this.upstreams.flatMap((upstream) => this.routesOf(upstream));
  }

  private async ask({ name, url }: Upstream): Promise<void> {
    try {
      const response = await fetch(`${url}/openapi.json`, { signal: AbortSignal.timeout(documentTimeout_ms) });
      if (response.ok) this.documents.set(name, openApiSchema.parse(await response.json()));
    } catch {
      // It is asked again: a service that starts later than the door is nothing unusual.
    }
  }

  private routesOf(upstream: Upstream): readonly Route[] {
    const templates = Object.keys(this.documents.get(upstream.name)?.paths ?? {});
    return templates
      .filter((template) => !template.startsWith('/api/health'))
      .map((template) => ({
        upstream,
        pattern: patternOf(template),
        exactness: template.split('/').filter((part) => !part.startsWith('{')).length,
      }));
  }
}
