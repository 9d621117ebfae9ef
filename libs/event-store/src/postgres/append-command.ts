import type { Appended } from '../event-store.js';
import type { CheckedAppend } from '../validate-append.js';

/** An append on its way, with the promise of its caller. */
export class AppendCommand {
  readonly answer: Promise<Appended>;
  settled = false;
  /** Ask the database for the stream's head and for the ids before trying: a guess has failed. */
  confirm = false;
  private resolve: (appended: Appended) => void = () => undefined;
  private reject: (error: unknown) => void = () => undefined;

  constructor(
    readonly append: CheckedAppend,
    /** On the clock of `performance.now()`: when waiting on makes no sense any more. */
    readonly deadlineMs: number,
  ) {
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  succeed(appended: Appended): void {
    this.settled = true;
    this.resolve(appended);
  }

  fail(error: unknown): void {
    this.settled = true;
    this.reject(error);
  }
}
