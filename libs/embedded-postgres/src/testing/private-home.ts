import { chmod, chown, cp, lstat, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canEnter } from '../server-user.js';
import type { ServerUser } from '../server-user.js';
import type { LaunchAs } from './launched.js';
import { testFolder } from './test-folder.js';

const library = fileURLToPath(new URL('../..', import.meta.url));
const modules = join(library, '..', '..', 'node_modules');

/** The packages that the launcher and the hooks for its sources need, as far as they are installed. */
const neededPackages = async (names: readonly string[], found = new Set<string>()): Promise<Set<string>> => {
  for (const name of names) {
    const manifest = await readFile(join(modules, name, 'package.json'), 'utf8').catch(() => undefined);
    if (manifest === undefined || found.has(name)) continue;
    found.add(name);
    const { dependencies = {}, optionalDependencies = {} } = JSON.parse(manifest) as Record<string, Record<string, string>>;
    await neededPackages([...Object.keys(dependencies), ...Object.keys(optionalDependencies)], found);
  }
  return found;
};

const giveAll = async (folder: string, { uid, gid }: ServerUser): Promise<void> => {
  if (uid === undefined || gid === undefined) return;
  await chown(folder, uid, gid);
  for (const entry of await readdir(folder, { recursive: true })) await chown(join(folder, entry), uid, gid).catch(() => undefined);
};

/** A home that only its owner can enter, with a clone of the launcher and the packages it needs, as npm leaves them. */
export interface PrivateHome {
  readonly path: string;
  readonly dataDir: string;
  readonly as: LaunchAs;
  remove(): Promise<void>;
}

export const privateHome = async (owner: ServerUser): Promise<PrivateHome> => {
  const path = await testFolder();
  await chmod(path, 0o700);
  const clone = join(path, 'clone');
  await mkdir(join(clone, 'libs'), { recursive: true });
  await cp(library, join(clone, 'libs', 'embedded-postgres'), {
    recursive: true,
    filter: (source) => !/\/(dist|out-tsc|node_modules)$/.test(source),
  });
  for (const name of await neededPackages(['pg', 'embedded-postgres', '@swc/core'])) {
    // Symbolic links are left out: npm carries none, and its scripts may not have run.
    await cp(join(modules, name), join(clone, 'node_modules', name), {
      recursive: true,
      filter: async (source) => !(await lstat(source)).isSymbolicLink(),
    });
  }
  const dataDir = join(path, 'data');
  await mkdir(dataDir);
  await giveAll(path, owner);
  return {
    path,
    dataDir,
    as: { library: join(clone, 'libs', 'embedded-postgres'), node: await nodeFor(owner, path), env: { HOME: path }, ...owner },
    remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }),
  };
};

/** Node itself may stand below root's home, where the owner of this one cannot start it. */
const nodeFor = async (owner: ServerUser, home: string): Promise<string> => {
  if (await canEnter(owner, dirname(process.execPath))) return process.execPath;
  const copy = join(home, 'node');
  await cp(process.execPath, copy);
  await giveAll(copy, owner);
  return copy;
};
