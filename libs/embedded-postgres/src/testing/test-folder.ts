import { chmod, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A new folder for one test, below the one of this Jest run. Whatever server runs in it, in a `pg18` up to three levels
 * down, is ended and the folder removed at the end of the run, even of one that was killed.
 */
export const testFolder = async (): Promise<string> => {
  const run = process.env['CAIRN_TEST_FOLDER'];
  if (run === undefined) throw new Error('CAIRN_TEST_FOLDER is not set: run through Jest with its globalSetup.');
  const folder = await mkdtemp(join(run, 'test-'));
  await chmod(folder, 0o755);
  return folder;
};
