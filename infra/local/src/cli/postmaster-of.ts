import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The process id of the embedded server of a data directory, as its `postmaster.pid` tells; undefined without one. */
export const postmasterOf = async (dataDir: string): Promise<number | undefined> => {
  const files = await readdir(dataDir, { recursive: true });
  const file = files.find((name) => name.endsWith('postmaster.pid'));
  return file === undefined ? undefined : Number((await readFile(join(dataDir, file), 'utf8')).split('\n')[0]);
};
