import { describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { placesIn } from './places.js';
import { workspaceRoot, writtenFiles } from './workspace.js';

/** The two files that must name what they look for. */
const exempt = /^libs\/guards\/src\/workspace\/places(\.spec)?\.ts$/;

describe('what is written here', () => {
  test('names no place of a machine and no registry', async () => {
    const files = (await writtenFiles()).filter((path) => !exempt.test(path) && !/\.(png|jpe?g|gif|ico|woff2?|pdf)$/.test(path));
    expect(files.length).toBeGreaterThan(50);
    const found = await Promise.all(
      files.map(async (path) => placesIn(await readFile(join(workspaceRoot, path), 'utf8')).map((place) => `${path}:${place}`)),
    );
    expect(found.flat()).toEqual([]);
  });

  test.each([
    'see /home/ada/cairn',
    '"/Users/ada/cairn"',
    'cd /root/cairn',
    'C:\\Users\\ada',
    "import '/srv/clone/libs'",
    "cwd: '/srv/clone'",
    'registry=https://registry.example.org/',
    'see https://www.npmjs.com/package/a',
    '"resolved": "https://packages.example.org/a.tgz"',
    '//packages.example.org/:_authToken=1',
  ])('would go red with: %s', (line) => {
    expect(placesIn(`one\n${line}\n`, ['/srv/clone'])).toEqual([expect.stringMatching(/^2: /)]);
  });

  test.each(['a private home such as /root', '/api/districts', 'https://www.postgresql.org/docs/18/', 'src/home/index.ts', '/tmp/x', 'https://x/srv/clones', '~/.cache'])(
    'may say: %s',
    (line) => {
      expect(placesIn(line, ['/srv/clone', '/tmp', '/'])).toEqual([]);
    },
  );
});
