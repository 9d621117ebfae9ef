import { describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projects, workspaceRoot } from './workspace.js';
import type { Project } from './workspace.js';

const layers = ['kernel', 'contracts', 'platform', 'service', 'web', 'infra', 'tooling'].map((name) => `layer:${name}`);

/** What is wrong with how a project presents itself to the graph, which is what the boundaries are drawn in. */
const faults = ({ folder, name, tags }: Project, workspaces: readonly string[]): string[] => {
  const isMember = workspaces.some((pattern) => new RegExp(`^${pattern.replaceAll('*', '[^/]+')}$`).test(folder));
  return [
    ...(isMember ? [] : [`${name}: is in no workspace of package.json, so no boundary holds it`]),
    ...(tags.length === 1 && layers.includes(tags[0] ?? '') ? [] : [`${name}: needs exactly one known layer, has: ${tags.join(', ')}`]),
  ];
};

describe('every project', () => {
  test('is in the graph and has one layer', async () => {
    const { workspaces } = JSON.parse(await readFile(join(workspaceRoot, 'package.json'), 'utf8')) as { workspaces: string[] };
    const all = await projects();
    expect(all.length).toBeGreaterThan(10);
    expect(all.flatMap((project) => faults(project, workspaces))).toEqual([]);
  });

  test.each([
    [{ folder: 'services/new', name: '@cairn/new', tags: ['layer:service'] }, 'is in no workspace'],
    [{ folder: 'libs/new', name: '@cairn/new', tags: [] }, 'needs exactly one known layer'],
    [{ folder: 'libs/new', name: '@cairn/new', tags: ['layer:misc'] }, 'needs exactly one known layer'],
    [{ folder: 'libs/new', name: '@cairn/new', tags: ['layer:kernel', 'layer:service'] }, 'needs exactly one known layer'],
  ])('%j would go red', (project, words) => {
    expect(faults(project, ['libs/*', 'services/directory'])).toEqual([expect.stringContaining(words)]);
  });

  test('is linted by ESLint and nothing else, from the root configuration', async () => {
    for (const { folder, name } of await projects()) {
      const manifest = JSON.parse(await readFile(join(workspaceRoot, folder, 'package.json'), 'utf8')) as { scripts?: { lint?: string } };
      expect({ name, lint: manifest.scripts?.lint }).toEqual({ name, lint: 'eslint .' });
    }
  });
});
