import type { SqlSession } from '@cairn/event-bus';
import { BaseRpcContext } from '@nestjs/microservices';

/** What goes with messages of one topic that are applied together; a handler asks for it with `@Ctx()`. */
export class BusContext extends BaseRpcContext<[topic: string, session: SqlSession]> {
  get topic(): string {
    return this.args[0];
  }

  /** The transaction that keeps the checkpoint: what is written in it is written once, or not at all. */
  get session(): SqlSession {
    return this.args[1];
  }
}
