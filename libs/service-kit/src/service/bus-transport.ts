import type { IncomingMessage, SqlSession } from '@cairn/event-bus';
import type { INestApplication } from '@nestjs/common';
import { Server } from '@nestjs/microservices';
import type { CustomTransportStrategy, MessageHandler, NestMicroservice } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';

import { BusContext } from './bus-context.js';
import { BusOutcomes, FailuresComeThrough } from './bus-outcome.js';
import { consumerOf } from './consumer.js';
import type { ServiceConsumer } from './consumer.js';
import type { Platform } from './platform.js';

/** Handlers and topics do not fit each other; said when the service starts. */
export class BusWiringError extends Error {
  override readonly name = 'BusWiringError';
}

interface Topic {
  readonly name: string;
}

/**
 * Serves methods with `@EventPattern(topic)` over the port of the bus, the same on every engine. A handler is called
 * with messages of one topic, each once and those of each partition in their order, and with the transaction that keeps the
 * checkpoints (`BusContext`). What it throws rolls that back: the batch is tried again, the message at fault is found and parked.
 */
export class BusTransport extends Server implements CustomTransportStrategy {
  /** What the service hears, as readers of their own writes and operations see it. */
  readonly consumer: ServiceConsumer;
  /** A failure is the consumer's to judge, not Nest's to log. */
  override readonly propagatesEventHandlerErrors = true;
  readonly outcomes = new BusOutcomes();

  constructor(
    platform: Platform,
    private readonly topics: readonly Topic[],
  ) {
    super();
    this.transportId = Symbol('cairn bus');
    this.consumer = consumerOf(platform, {
      topics: topics.map(({ name }) => name),
      apply: (messages, session) => this.apply(messages, session),
    });
  }

  /** @throws BusWiringError for a second handler of a topic, which would run within the same transaction at the same time */
  override addHandler(pattern: unknown, handler: MessageHandler, isEventHandler = false, extras: Record<string, unknown> = {}): void {
    const topic = this.normalizePattern(pattern as string);
    if (!isEventHandler) throw new BusWiringError(`${topic} has a @MessagePattern; nobody is answered over the bus. Use @EventPattern.`);
    if (this.messageHandlers.has(topic)) throw new BusWiringError(`${topic} has two handlers with @EventPattern; it needs exactly one.`);
    super.addHandler(pattern, handler, isEventHandler, extras);
  }

  /** Joins the group. @throws BusWiringError unless each topic has a handler and each handler a topic */
  async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      this.requireFit();
      await this.consumer.start();
    } catch (error) {
      callback(error);
      return;
    }
    callback();
  }

  /** Leaves the group once the batch that runs has ended. */
  async close(): Promise<void> {
    await this.consumer.stop();
  }

  /** The consumer tells what happens; there are no events beside. */
  on(): never {
    throw new BusWiringError('This transport raises no events; see the log and the operations of the service.');
  }

  unwrap<Wrapped>(): Wrapped {
    return this.consumer as Wrapped;
  }

  private requireFit(): void {
    const names = this.topics.map(({ name }) => name);
    const unheard = names.filter((name) => !this.messageHandlers.has(name));
    if (unheard.length > 0) throw new BusWiringError(`No method has @EventPattern for ${unheard.join(', ')}.`);
    const strange = [...this.messageHandlers.keys()].filter((name) => !names.includes(name));
    if (strange.length > 0) throw new BusWiringError(`This service is not wired to ${strange.join(', ')}, for which a method has @EventPattern.`);
  }

  private async apply(messages: readonly IncomingMessage[], session: SqlSession): Promise<void> {
    const [first] = messages;
    if (!first) return;
    const context = new BusContext([first.topic, session]);
    const handler = this.messageHandlers.get(first.topic);
    if (!handler) throw new BusWiringError(`Nobody handles ${first.topic}.`);
    const result: unknown = await handler(messages, context);
    if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
    const outcome = this.outcomes.of(context);
    if (outcome === undefined) throw new BusWiringError(`The handler of ${first.topic} was not called: a guard or a filter stood before it.`);
    if ('failure' in outcome) throw outcome.failure;
  }
}

/** Lets the application hear what the transport delivers. What guards HTTP (principal, problems, positions) has no say there. */
export const connect = (app: INestApplication, transport: BusTransport): void => {
  const listening = app.connectMicroservice({ strategy: transport }, { inheritAppConfig: false, deferInitialization: true });
  listening.useGlobalFilters(new FailuresComeThrough());
  listening.useGlobalInterceptors(transport.outcomes);
  // Only now, because handlers are bound together with the filters and interceptors that are there.
  const microservice = listening as NestMicroservice;
  microservice.registerListeners();
  microservice.setIsInitialized(true);
  microservice.setIsInitHookCalled(true);
};
