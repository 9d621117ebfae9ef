import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const workspaceRoot = fileURLToPath(new URL('../../../..', import.meta.url)).replace(/\/$/, '');

/** What is made, not written; the same as in `.gitignore`. */
const made = new Set(['node_modules', 'dist', 'out-tsc', '.nx', '.cairn', '.git', 'reports', '.DS_Store']);

/** Every file that somebody wrote, as a path from the root. Found without git, so that a copy without its history is held too. */
export const writtenFiles = async (folder = ''): Promise<string[]> => {
  const found: string[] = [];
  for (const entry of await readdir(join(workspaceRoot, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (made.has(entry.name) || /\.(log|tsbuildinfo)$/.test(entry.name)) continue;
    if (entry.isDirectory()) found.push(...(await writtenFiles(path)));
    else if (entry.isFile()) found.push(path);
  }
  return found.sort();
};

export interface Project {
  /** From the root. */
  readonly folder: string;
  readonly name: string;
  readonly tags: readonly string[];
}

/** The projects of the workspace, as their `package.json` files tell. */
export const projects = async (): Promise<Project[]> => {
  const manifests = (await writtenFiles()).filter((path) => path.endsWith('/package.json'));
  return Promise.all(
    manifests.map(async (path) => {
      const manifest = JSON.parse(await readFile(join(workspaceRoot, path), 'utf8')) as { name: string; nx?: { tags?: string[] } };
      return { folder: path.slice(0, -'/package.json'.length), name: manifest.name, tags: manifest.nx?.tags ?? [] };
    }),
  );
};
