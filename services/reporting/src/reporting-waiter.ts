import type { SqlSession } from '@cairn/event-bus';
import { PositionWaiter } from '@cairn/service-kit';
import type { FreshReadModels, PositionToken, ServiceConsumer } from '@cairn/service-kit';

import { logHead } from './log/read-log.js';

/** Waits across the bus: first until the event is in the log, then until the read models have the log up to there. */
export class ReportingWaiter extends PositionWaiter {
  constructor(
    private readonly consumer: ServiceConsumer,
    private readonly readModels: FreshReadModels,
    private readonly session: SqlSession,
  ) {
    super();
  }

  async waitFor({ scope, position }: PositionToken, timeout_ms: number): Promise<boolean> {
    const deadline = Date.now() + timeout_ms;
    if (scope === 'reporting') {
      await this.readModels.waitFor(position, timeout_ms);
      return true;
    }
    if (scope !== 'directory' && scope !== 'scaling-plan') return false;
    await this.consumer.waitFor(scope, position, timeout_ms);
    const head = await logHead(this.session);
    if (head > 0) await this.readModels.waitFor(String(head), Math.max(deadline - Date.now(), 0));
    return true;
  }
}
