import { testDatabase } from '@cairn/embedded-postgres/testing';
import { openPostgresEventBus } from '@cairn/event-bus';
import type { EventBus, IncomingMessage } from '@cairn/event-bus';
import { eventually } from '@cairn/event-bus/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Catch, Controller, UseFilters } from '@nestjs/common';
import type { ExceptionFilter, Type } from '@nestjs/common';
import { Ctx, EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import pg from 'pg';
import { concat, of, throwError } from 'rxjs';
import type { Observable } from 'rxjs';

import { busSchema, provisionDatabase } from '../data/provision.js';
import { NothingToWaitFor } from '../testing/nothing-to-wait-for.js';
import { testIdentity } from '../testing/test-identity.js';
import { BusContext } from './bus-context.js';
import { BusTransport, BusWiringError } from './bus-transport.js';
import { ParkedMessages, parkedMessagesController } from './parked-messages.controller.js';
import type { RunningService } from './serve.js';
import { startService } from './start-service.js';

const topic = 'cairn.heard.v1';
const calls: (readonly IncomingMessage[])[] = [];

class Unfit extends Error {
  override readonly name = 'Unfit';
}

/** Keeps what it is told; a value of `bad` is refused after it was written. */
const keep = async (messages: readonly IncomingMessage[], context: BusContext): Promise<void> => {
  calls.push(messages);
  for (const { id, value } of messages) await context.session.query('INSERT INTO heard VALUES ($1, $2)', [id, value]);
  const bad = messages.find(({ value }) => value === '"bad"');
  if (bad) throw new Unfit(`${bad.key} is not fit`);
};

@Controller()
class Plain {
  @EventPattern<string>(topic)
  async hear(@Payload() messages: readonly IncomingMessage[], @Ctx() context: BusContext): Promise<void> {
    await keep(messages, context);
  }
}

/** What somebody might put before a handler without thinking of what it means here. */
@Catch()
class Soothing implements ExceptionFilter {
  catch(): Observable<string> {
    return of('all is well');
  }
}

@UseFilters(Soothing)
@Controller()
class Soothed {
  @EventPattern<string>(topic)
  async hear(@Payload() messages: readonly IncomingMessage[], @Ctx() context: BusContext): Promise<void> {
    await keep(messages, context);
  }
}

@Controller()
class Streaming {
  @EventPattern<string>(topic)
  async hear(@Payload() messages: readonly IncomingMessage[], @Ctx() context: BusContext): Promise<Observable<unknown>> {
    return keep(messages, context).then(
      () => of('done'),
      (error: unknown) => concat(of('first'), throwError(() => error)),
    );
  }
}

@Controller()
class Strange {
  @EventPattern<string>('cairn.elsewhere.v1')
  hear(): void {}
}

@Controller()
class Asking {
  @MessagePattern(topic)
  answer(): string {
    return 'no';
  }
}

class Heard1700000000000 {
  async up(runner: { query(sql: string): Promise<unknown> }): Promise<void> {
    await runner.query('CREATE TABLE heard (id text PRIMARY KEY, value text NOT NULL)');
  }
  async down(): Promise<void> {}
}

describe('handlers with @EventPattern over the bus', () => {
  let database: { readonly url: string; drop(): Promise<void> };
  let bus: EventBus;
  let owner: pg.Client;
  let service: RunningService | undefined;
  const { identity, tokenOf } = testIdentity();

  beforeAll(async () => {
    database = await testDatabase();
    await provisionDatabase(database.url, ['directory']);
    bus = openPostgresEventBus({ schema: busSchema, connection: { connectionString: database.url } });
    await bus.ensureTopic(topic, { partitions: 2 });
    owner = new pg.Client({ connectionString: database.url });
    await owner.connect();
  });
  beforeEach(async () => {
    await service?.close();
    service = undefined;
    calls.length = 0;
  });
  afterAll(async () => {
    await service?.close();
    await bus.close();
    await owner.end();
    await database.drop();
  });

  const start = async (...controllers: readonly Type[]): Promise<RunningService> => {
    const config = { databaseUrl: database.url, host: '127.0.0.1', port: 0, logLevel: 'silent', identity } as const;
    service = await startService(
      {
        name: 'directory',
        data: { migrations: [Heard1700000000000] },
        assemble: (platform) => {
          const transport = new BusTransport(platform, [{ name: topic }]);
          return {
            title: 'Test',
            controllers: [...controllers, parkedMessagesController('directory')],
            providers: [{ provide: ParkedMessages, useValue: new ParkedMessages(transport.consumer) }],
            waiter: new NothingToWaitFor(),
            background: [],
            transport,
          };
        },
      },
      config,
    );
    return service;
  };

  let published = 0;
  const publish = async (...said: readonly (readonly [key: string, value: string])[]): Promise<void> => {
    const messages = said.map(([key, value]) => {
      published += 1;
      return { id: `m-${published}`, key, headers: {}, value: JSON.stringify(value), scope: 'elsewhere', sourcePosition: String(published) };
    });
    await bus.publish(topic, messages);
  };
  const kept = async (value: string): Promise<number> =>
    (await owner.query('SELECT 1 FROM directory.heard WHERE value = $1', [JSON.stringify(value)])).rowCount ?? 0;
  const parked = async (): Promise<readonly { readonly key: string; readonly reason: string }[]> => {
    const headers = { authorization: `Bearer ${tokenOf('operator', '*')}` };
    const answer = await fetch(`${service?.url}/api/services/directory/parked-messages`, { headers });
    return ((await answer.json()) as { items: { key: string; reason: string }[] }).items;
  };

  test('get the messages of their topic, those of a key in order, each once, and no guard of HTTP stands before them', async () => {
    await publish(['a', 'one'], ['b', 'two'], ['a', 'three']);
    await start(Plain);
    await eventually('all is kept', async () => (await kept('three')) === 1 && (await kept('two')) === 1);
    const heard = calls.flat();
    expect(heard).toHaveLength(3);
    expect(heard.filter(({ key }) => key === 'a').map(({ value }) => value)).toEqual(['"one"', '"three"']);
    expect(await parked()).toEqual([]);
  });

  test.each([
    ['thrown', Plain],
    ['thrown before a filter that soothes', Soothed],
    ['in a stream', Streaming],
  ])('what fails (%s) is rolled back, and parked with what was said', async (name, controller) => {
    await start(controller);
    await publish([`fit ${name}`, `good ${name}`], [`unfit ${name}`, 'bad']);
    await eventually('the good one is kept', async () => (await kept(`good ${name}`)) === 1);
    const found = await eventually('the bad one is parked', async () => (await parked()).find(({ key }) => key === `unfit ${name}`));
    expect(found?.reason).toBe(`Unfit: unfit ${name} is not fit`);
    expect(await kept('bad')).toBe(0);
  });

  test.each<[string, readonly Type[], string]>([
    ['a topic without a handler', [], `No method has @EventPattern for ${topic}`],
    ['a handler without a topic', [Plain, Strange], 'not wired to cairn.elsewhere.v1'],
    ['two handlers of a topic', [Plain, Streaming], 'two handlers'],
    ['somebody who wants to answer', [Asking], 'nobody is answered over the bus'],
  ])('%s is told at the start', async (_name, controllers, words) => {
    const failure = await start(...controllers).then(() => undefined, (error: unknown) => error);
    expect(failure).toBeInstanceOf(BusWiringError);
    expect((failure as Error).message).toContain(words);
  });
});
