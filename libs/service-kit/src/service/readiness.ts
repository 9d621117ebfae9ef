/** One thing that must be well before a service says that it is ready. */
export interface ReadinessCheck {
  readonly name: string;
  /** Undefined when it is well, else why not, in words. */
  check(): Promise<string | undefined>;
}

/** The checks of a service; each part of it adds its own. */
export class Readiness {
  private readonly checks: ReadinessCheck[] = [];

  add(check: ReadinessCheck): void {
    this.checks.push(check);
  }

  /** The checks that fail, with the reason. A check that throws or takes over 2 s fails. */
  async failures(): Promise<readonly { readonly name: string; readonly reason: string }[]> {
    const results = await Promise.all(
      this.checks.map(async ({ name, check }) => ({ name, reason: await bounded(check) })),
    );
    return results.flatMap(({ name, reason }) => (reason === undefined ? [] : [{ name, reason }]));
  }
}

const bounded = async (check: () => Promise<string | undefined>): Promise<string | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('does not answer'), 2_000);
  });
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
};
