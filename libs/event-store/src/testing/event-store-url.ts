import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The connection string of the EventStoreDB that tests run against: EVENT_STORE_URL, else the one that
 * `npm run engines:start` brought up with Docker Compose.
 * @throws Error when there is neither. Tests that need a live server fail without one; they do not pass over it.
 */
export const requireEventStoreUrl = (env: NodeJS.ProcessEnv = process.env): string => {
  const url = env['EVENT_STORE_URL'] || startedUrl(env);
  if (url) return url;
  throw new Error(
    'This test needs a live EventStoreDB. Set EVENT_STORE_URL (esdb://127.0.0.1:2113?tls=false), or start one with ' +
      'npm run engines:start where Docker Compose runs.',
  );
};

const startedUrl = (env: NodeJS.ProcessEnv): string | undefined => {
  const dir = env['CAIRN_ENGINES_DIR'] || join('.cairn', 'engines');
  try {
    const state: unknown = JSON.parse(readFileSync(join(dir, 'kafka.json'), 'utf8'));
    const url = typeof state === 'object' && state !== null && 'eventStoreUrl' in state ? state.eventStoreUrl : undefined;
    return typeof url === 'string' ? url : undefined;
  } catch {
    return undefined;
  }
};
