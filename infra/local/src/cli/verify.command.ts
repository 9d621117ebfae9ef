import { startEmbeddedPostgres } from '@cairn/embedded-postgres';
import { verifyPostgresEventStore } from '@cairn/event-store';
import { storeSchemaOf } from '@cairn/service-kit';

import { storedServices } from '../platform/start-platform.js';
import { endProgress, progressTo } from './progress.js';
import { requireData } from './require-data.js';

/** The database of the data directory, beside a platform that runs on it or without one. */
const openBeside = async (dataDir: string, progress: (message: string) => void) => {
  const { DATABASE_URL: url } = process.env;
  if (url !== undefined) return { url, stop: () => Promise.resolve() };
  return startEmbeddedPostgres({ dataDir, purpose: 'cairn verify', whenRunning: 'attach', onProgress: progress });
};

/** `cairn verify`: walks the whole record and names stream and version of each break. Exit code 1 when there is one. */
export const verify = async ({ data }: { readonly data: string }): Promise<void> => {
  requireData(data);
  const progress = progressTo(process.stderr);
  const database = await openBeside(data, progress);
  let broken = 0;
  try {
    for (const service of storedServices) {
      const result = await verifyPostgresEventStore({
        connection: database.url,
        schema: storeSchemaOf(service),
        onProgress: ({ events, ofEvents }) => progress(`${service}: ${events} of ${ofEvents ?? 'unknown'} events`),
      });
      endProgress(process.stderr);
      console.log(`${service}: ${result.events} events in ${result.streams} streams, ${result.breakCount} breaks`);
      for (const { stream, version, position, detail } of result.breaks) {
        const place = [stream, version === undefined ? undefined : `version ${version}`, position === undefined ? undefined : `position ${position}`];
        console.log(`  ${place.filter((part) => part !== undefined).join(', ')}: ${detail}`);
      }
      broken += result.breakCount;
    }
  } finally {
    await database.stop();
  }
  if (broken > 0) process.exitCode = 1;
  console.log(broken === 0 ? 'The record is whole.' : `The record is broken in ${broken} places.`);
};
