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

  /** How long a check may take: less than whoever asks waits for the reason. */
  constructor(private readonly limit_ms = 2_500) {}

  add(check: ReadinessCheck): void {
    this.checks.push(check);
  }

  /** Something that operations should see, though requests are answered all the same. */
  addWarning(check: ReadinessCheck): void {
    this.warners.push(check);
  }

  warnings(): Promise<readonly Finding[]> {
    return findings(this.warners, this.limit_ms);
  }

  /** The checks that fail, with the reason. A check that throws, or does not answer in time, fails. */
  failures(): Promise<readonly Finding[]> {
    return findings(this.checks, this.limit_ms);
  }
}

const findings = async (checks: readonly ReadinessCheck[], limit_ms: number): Promise<readonly Finding[]> => {
  const results = await Promise.all(checks.map(async ({ name, check }) => ({ name, reason: await bounded(check, limit_ms) })));
  return results.flatMap(({ name, reason }) => (reason === undefined ? [] : [{ name, reason }]));
};

const bounded = async (check: () => Promise<string | undefined>, limit_ms: number): Promise<string | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('does not answer'), limit_ms);
  });
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
};
