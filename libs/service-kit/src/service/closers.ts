/** What was opened so far, to be closed again from the last to the first: at the end, or when something later fails. */
export class Closers {
  private readonly closers: (() => unknown)[] = [];

  push(close: () => unknown): void {
    this.closers.push(close);
  }

  /** Closes everything, each once. One that fails holds up none of the others. @throws what failed first */
  async closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (let close = this.closers.pop(); close !== undefined; close = this.closers.pop()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Does what opens more. When that fails, everything is closed; what is thrown is why, and not what failed after. */
  async orClose<Result>(open: () => Promise<Result>): Promise<Result> {
    try {
      return await open();
    } catch (error) {
      await this.closeAll().catch(() => undefined);
      throw error;
    }
  }
}
