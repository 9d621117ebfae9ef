import { PositionWaiter } from '../http/min-position.interceptor.js';

/** For services under test that read nothing of what others record. */
export class NothingToWaitFor extends PositionWaiter {
  waitFor(): Promise<boolean> {
    return Promise.resolve(false);
  }
}
