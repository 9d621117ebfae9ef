/** What a run has seen, in figures. */
export class Summary {
  cycles = 0;
  events = 0;
  acknowledgements = 0;
  duplicates = 0;
  retries = 0;
  conflicts = 0;
  readonly byFault = new Map<string, number>();
  private readonly began_ms = performance.now();

  count(fault: string): void {
    this.byFault.set(fault, (this.byFault.get(fault) ?? 0) + 1);
  }

  /** One line while it runs. */
  line(): string {
    const each_s = ((performance.now() - this.began_ms) / 1_000 / Math.max(1, this.cycles)).toFixed(1);
    return `cycle ${this.cycles}: ${this.events} events, ${this.duplicates} duplicates, ${this.retries} retries, ${each_s} s a cycle`;
  }

  lines(): readonly string[] {
    const faults = [...this.byFault].sort(([left], [right]) => (left < right ? -1 : 1));
    return [
      `cycles            ${this.cycles}`,
      `seconds           ${Math.round((performance.now() - this.began_ms) / 1_000)}`,
      `events            ${this.events}`,
      `acknowledgements  ${this.acknowledgements}`,
      `commands retried  ${this.retries}`,
      `lost races        ${this.conflicts}`,
      `duplicates heard  ${this.duplicates}`,
      ...faults.map(([name, count]) => `  ${String(count).padStart(4)}  ${name}`),
    ];
  }
}
