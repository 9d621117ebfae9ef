import type { Readiness } from './types.js';

/** What keeps every page from being read. With any other lack (a bus that is away, a service that starts again) pages go on. */
const holdsEverything: readonly unknown[] = ['start-up', 'documents'];

/** What `/api/health/ready` said, as far as the pages care. An answer that is not the door's own counts as starting. */
export const readinessFrom = (ok: boolean, body: unknown): Readiness => {
  if (ok) return { status: 'ready' };
  const { failures } = (typeof body === 'object' && body !== null ? body : {}) as { readonly failures?: unknown };
  if (!Array.isArray(failures)) return { status: 'starting' };
  const held = (failures as readonly { readonly name?: unknown; readonly reason?: unknown }[]).find(({ name }) => holdsEverything.includes(name));
  if (held === undefined) return { status: 'ready' };
  return { status: 'starting', progress: held.reason };
};
