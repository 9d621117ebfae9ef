interface Waiting<Asked, Answer> {
  readonly asked: Asked;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers what is asked for in one turn of the event loop, so that it takes one round trip: those who are woken by the
 * same answer or the same notice ask at the same time.
 */
export class Gathered<Asked, Answer> {
  private waiting: Waiting<Asked, Answer>[] = [];

  /** `answerAll` answers all that it is asked, in that order; its failure is that of each who asked. */
  constructor(private readonly answerAll: (asked: readonly Asked[]) => Promise<readonly Answer[]>) {}

  ask(asked: Asked): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ asked, resolve, reject });
      if (this.waiting.length > 1) return;
      // A tick that a promise asks for comes when no other promise has anything left to do.
      void Promise.resolve().then(() => process.nextTick(() => void this.answer()));
    });
  }

  private async answer(): Promise<void> {
    const waiting = this.waiting.splice(0);
    try {
      const answers = await this.answerAll(waiting.map(({ asked }) => asked));
      if (answers.length !== waiting.length) throw new Error(`${answers.length} answers to ${waiting.length} questions`);
      for (const [at, answer] of answers.entries()) waiting[at]?.resolve(answer);
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }
}
