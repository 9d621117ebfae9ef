import type { Places } from './checkpoint-rows.js';
import { beforeTheFirst } from './known-position.js';
import type { ProjectionStatus } from './projection.js';

/** What operations see of a projection, out of what the database says and what this copy has seen. */
export const statusOf = (
  name: string,
  head: string | undefined,
  places: Places,
  seen: Pick<ProjectionStatus, 'caughtUp' | 'behind_ms' | 'failure'>,
): ProjectionStatus => {
  const { position, generation, previous_generation, build, last_rebuild } = places;
  const lag = BigInt(head ?? beforeTheFirst) - BigInt(position ?? beforeTheFirst);
  return {
    name,
    position: position ?? undefined,
    head,
    caughtUp: seen.caughtUp,
    lagEvents: seen.caughtUp || lag < 0n ? 0 : Number(lag),
    behind_ms: seen.behind_ms,
    failure: seen.failure ?? places.failure ?? undefined,
    generation,
    canGoBack: previous_generation !== null && build === null,
    ...(last_rebuild === null ? {} : { lastRebuild: last_rebuild }),
    ...(build === null
      ? {}
      : {
          building: {
            kind: build.kind,
            generation: build.generation,
            position: build.position ?? undefined,
            head,
            ...(build.failure === null ? {} : { failure: build.failure }),
          },
        }),
  };
};
