/** One thing that must be well before a service says that it is ready. */
export interface ReadinessCheck {
  readonly name: string;
  /** Undefined when it is well, else why not, in words. */
  check(): Promise<string | undefined>;
}

/** A check that did not find all well, and why, in words. */
export interface Finding {
  readonly name: string;
  readonly reason: string;
}

/** The checks of a service; each part of it adds its own. */
export class Readiness {
  private readonly checks: ReadinessCheck[] = [];
  private readonly warners: ReadinessCheck[] = [];

  add(check: ReadinessCheck): void {
    this.checks.push(check);
  }

  /** Something that operations should see, though requests are answered all the same. */
  addWarning(check: ReadinessCheck): void {
    this.warners.push(check);
  }

  warnings(): Promise<readonly Finding[]> {
    return findings(this.warners);
  }

  /** The checks that fail, with the reason. A check that throws or takes over 4 s fails. */
  failures(): Promise<readonly Finding[]> {
    return findings(this.checks);
  }
}

const findings = async (checks: readonly ReadinessCheck[]): Promise<readonly Finding[]> => {
  const results = await Promise.all(checks.map(async ({ name, check }) => ({ name, reason: await bounded(check) })));
  return results.flatMap(({ name, reason }) => (reason === undefined ? [] : [{ name, reason }]));
};

const bounded = async (check: () => Promise<string | undefined>): Promise<string | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('does not answer'), 4_000);
  });
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
};
