import type { EventBus } from '@cairn/event-bus';

import type { CrashAt, CrashPoint } from './settings.js';

/** Ends or stops this process at the point it was told. */
export class CrashPoints {
  private times = 0;

  constructor(private readonly at: CrashAt | undefined) {}

  reach(point: CrashPoint): void {
    if (this.at?.point !== point) return;
    this.times += 1;
    if (this.times === this.at.time) process.kill(process.pid, this.at.signal);
  }

  /** A bus that reaches the points around publishing and before a batch is handled. */
  around(bus: EventBus, twice = false): EventBus {
    const reach = (point: CrashPoint): void => this.reach(point);
    const publish: EventBus['publish'] = async (topic, messages, mark) => {
      if (messages.length > 0) reach('before-publish');
      await bus.publish(topic, messages, mark);
      if (messages.length > 0) reach('after-publish');
    };
    const consume: EventBus['consume'] = (options) =>
      bus.consume({
        ...options,
        handle: async (batch) => {
          reach('before-batch');
          await options.handle(batch);
          if (twice) await options.handle(batch);
        },
      });
    return replacing(bus, { publish, consume });
  }
}

/** The same object with some methods replaced; everything else is asked of the original. */
const replacing = <Target extends object>(target: Target, replaced: Partial<Target>): Target =>
  new Proxy(target, {
    get: (of, name) => {
      const found: unknown = Reflect.get(name in replaced ? replaced : of, name);
      return typeof found === 'function' && !(name in replaced) ? found.bind(of) : found;
    },
  });
