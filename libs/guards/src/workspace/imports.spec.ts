import { describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from './imports.js';
import { packagesIn, undeclared } from './imports.js';
import { projects, workspaceRoot, writtenFiles } from './workspace.js';

const json = async <T>(path: string): Promise<T> => JSON.parse(await readFile(join(workspaceRoot, path), 'utf8')) as T;

describe('the packages that a project declares', () => {
  test('are those that it imports', async () => {
    const root = new Set(Object.keys((await json<Manifest>('package.json')).devDependencies ?? {}));
    const files = await writtenFiles();
    // The guards' own sources quote imports that they plant.
    const all = (await projects()).filter(({ tags }) => !tags.includes('layer:tooling'));
    for (const { folder } of all) {
      const inner = all.filter((other) => other.folder.startsWith(`${folder}/`)).map((other) => other.folder);
      const own = files.filter((path) => path.startsWith(`${folder}/src/`) && /\.tsx?$/.test(path) && !inner.some((other) => path.startsWith(`${other}/`)));
      const shipped: string[] = [];
      const tested: string[] = [];
      for (const path of own) {
        const isTest = /\.spec\.tsx?$|\/testing\//.test(path);
        (isTest ? tested : shipped).push(...packagesIn(await readFile(join(workspaceRoot, path), 'utf8')));
      }
      expect(undeclared(await json<Manifest>(`${folder}/package.json`), shipped, tested, root)).toEqual([]);
    }
  });

  test.each([
    ['not declared', { name: 'a' }, ['pg'], [], ['a imports pg without declaring it']],
    ['declared in vain', { name: 'a', dependencies: { pg: '1' } }, [], [], ['a declares pg without importing it']],
    ['not declared for a test', { name: 'a' }, [], ['pg'], ['a imports pg without declaring it']],
    ['in order', { name: 'a', dependencies: { pg: '1' } }, ['pg'], ['jest'], []],
  ])('would be found: %s', (_name, manifest, shipped, tested, faults) => {
    expect(undeclared(manifest, shipped, tested, new Set(['jest']))).toEqual(faults);
  });

  test('are read from imports of every form', () => {
    const source = `import a from 'a';\nexport { b } from '@b/c/d';\nimport type { e } from 'node:fs';\nconst f = await import('f');\nimport { g } from './g.js';\nconst h = Buffer.from('h');`;
    expect(packagesIn(source)).toEqual(['a', '@b/c', 'f']);
  });
});
