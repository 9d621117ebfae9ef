import type { SqlSession } from '@cairn/event-bus';
import { BaseRpcContext } from '@nestjs/microservices';

/** What goes with a batch of messages of one partition; a handler asks for it with `@Ctx()`. */
export class BusContext extends BaseRpcContext<[topic: string, partition: number, session: SqlSession]> {
  get topic(): string {
    return this.args[0];
  }

  get partition(): number {
    return this.args[1];
  }

  /** The transaction that keeps the checkpoint: what is written in it is written once, or not at all. */
  get session(): SqlSession {
    return this.args[2];
  }
}
