import { EventBusUnavailableError } from '../event-bus.js';

/** Waits for `work` so long and no longer; what it answers or throws afterwards is dropped. */
export const withinTime = async <Value>(what: string, work: Promise<Value>, limitMs: number): Promise<Value> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `Kafka is slow or frozen: ${what} was not done within ${Math.round(limitMs)} ms`;
    timer = setTimeout(() => reject(new EventBusUnavailableError(message)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
};
