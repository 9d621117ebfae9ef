import type { Ledger } from './ledger.js';

/** Marks that a reader came to before an event of their scope and partition that they say is out; there must be none. */
export const earlyWatermarks = ({ events, watermarks }: Ledger): string[] =>
  watermarks.flatMap((mark) => {
    const before = new Set<string>();
    const behind = new Set<string>();
    for (const event of events) {
      if (event.partition !== mark.partition || event.scope !== mark.scope) continue;
      if (BigInt(event.sourcePosition) > BigInt(mark.position)) continue;
      (BigInt(event.offset) < BigInt(mark.offset) ? before : behind).add(event.id);
    }
    return [...behind].filter((id) => !before.has(id)).map((id) => `${id} comes behind ${mark.position} at ${mark.offset}`);
  });
