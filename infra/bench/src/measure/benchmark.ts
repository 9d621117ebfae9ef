/** How a benchmark is to be run. */
export interface BenchmarkRun {
  /** A cluster of this run alone, with fsync and synchronous commit on; each benchmark makes databases of its own in it. */
  readonly server: BenchServer;
  readonly rounds: number;
  /** A short run that shows that everything works; its figures say nothing. */
  readonly smoke: boolean;
  readonly say: (line: string) => void;
}

export interface BenchServer {
  /** Connects as the superuser. */
  readonly url: string;
  /** An empty database; answers its URL. */
  database(name: string): Promise<string>;
}

/** One figure beside the one it has to reach. */
export interface Verdict {
  readonly what: string;
  readonly measured: number;
  readonly target: number;
  /** Whether more is better (`at-least`) or less (`at-most`). */
  readonly is: 'at-least' | 'at-most';
  readonly unit: 'x' | 'ms' | 'MB';
}

export interface Outcome {
  /** For a reader, with the medians. */
  readonly lines: readonly string[];
  readonly verdicts: readonly Verdict[];
  /** For the JSON result: every round, not only the median. */
  readonly figures: unknown;
}

export interface Benchmark {
  readonly name: string;
  readonly title: string;
  run(run: BenchmarkRun): Promise<Outcome>;
}

export const isMet = ({ measured, target, is }: Verdict): boolean => (is === 'at-least' ? measured >= target : measured <= target);
