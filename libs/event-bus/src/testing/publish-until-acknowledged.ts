import type { EventBus, OutgoingMessage, Watermark } from '../event-bus.js';
import { EventBusUnavailableError } from '../event-bus.js';

/** Publishes as the port asks of its callers: while the bus is away, the same ids again. Other errors are thrown. */
export const publishUntilAcknowledged = async (
  bus: EventBus,
  topic: string,
  messages: readonly OutgoingMessage[],
  mark?: Watermark,
): Promise<number> => {
  for (let failures = 0; ; failures += 1) {
    try {
      await bus.publish(topic, messages, mark);
      return failures;
    } catch (error) {
      if (!(error instanceof EventBusUnavailableError)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
};
