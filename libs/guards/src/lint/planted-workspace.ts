import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { projects, workspaceRoot } from '../workspace/workspace.js';

const run = promisify(execFile);

/** A finding of ESLint in a file of the workspace. */
export interface Finding {
  readonly file: string;
  readonly rule: string;
  readonly message: string;
}

/**
 * A second workspace with the real configuration, the real projects with their real tags, and our own code in them: what
 * is planted here is judged exactly as it would be there.
 */
export interface PlantedWorkspace {
  plant(file: string, code: string): Promise<void>;
  /** All findings of one run over the whole workspace, over the project graph of Nx. */
  lint(): Promise<Finding[]>;
  /** Exit code and output of `nx run-many -t lint`, which is what `npm run lint` does, for one project. */
  lintProject(name: string): Promise<{ code: number; output: string }>;
  remove(): Promise<void>;
}

const rootFiles = ['package.json', 'package-lock.json', 'nx.json', 'tsconfig.base.json', 'eslint.config.js', '.gitignore'];

/** Ours without what a surrounding Nx or Jest has put there, which would lead the inner Nx back to the real workspace. */
const environment = (): Record<string, string> => {
  const kept = Object.entries(process.env).filter(([name]) => !/^(NX_|JEST_|NODE_OPTIONS|npm_|INIT_CWD|FORCE_COLOR)/i.test(name));
  return { ...Object.fromEntries(kept), NX_DAEMON: 'false', NX_TUI: 'false', CI: 'true', NO_COLOR: '1' } as Record<string, string>;
};

interface EslintResult {
  readonly filePath: string;
  readonly messages: readonly { readonly ruleId: string | null; readonly message: string }[];
}

interface Failed {
  readonly code?: number | string;
  readonly stdout?: string;
  readonly stderr?: string;
}

/** The installed packages by link, but our own projects as npm would link them here: to those of this workspace. */
const linkModules = async (root: string): Promise<void> => {
  const modules = join(workspaceRoot, 'node_modules');
  await mkdir(join(root, 'node_modules', '@cairn'), { recursive: true });
  for (const name of await readdir(modules)) {
    if (name !== '@cairn') await symlink(join(modules, name), join(root, 'node_modules', name));
  }
  for (const { folder, name } of await projects()) await symlink(join(root, folder), join(root, 'node_modules', name));
};

/** Without edges in the graph no violation is found for being circular: what goes red is the boundary itself. */
const withoutDependencies = (manifest: string): string => {
  const { dependencies: _dependencies, devDependencies: _devDependencies, ...rest } = JSON.parse(manifest) as Record<string, unknown>;
  return JSON.stringify(rest);
};

/** @param extraFiles `[file, code]` that must be there before the graph is drawn, such as the manifest of another project. */
export const plantedWorkspace = async (extraFiles: readonly (readonly [string, string])[] = []): Promise<PlantedWorkspace> => {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'cairn-guards-')));
  const plant = async (file: string, code: string): Promise<void> => {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), code);
  };
  for (const file of rootFiles) await cp(join(workspaceRoot, file), join(root, file));
  for (const { folder } of await projects()) {
    await plant(`${folder}/package.json`, withoutDependencies(await readFile(join(workspaceRoot, folder, 'package.json'), 'utf8')));
    await plant(`${folder}/src/index.ts`, 'export const place = import.meta.url;\n');
  }
  for (const [file, code] of extraFiles) await plant(file, code);
  await cp(join(workspaceRoot, 'libs/guards/src/eslint'), join(root, 'libs/guards/src/eslint'), { recursive: true });
  await linkModules(root);

  const node = async (args: readonly string[], timeout_ms = 120_000): Promise<{ code: number; output: string; stdout: string }> => {
    const options = { cwd: root, env: environment(), timeout: timeout_ms, maxBuffer: 50_000_000 };
    try {
      const { stdout, stderr } = await run(process.execPath, args, options);
      return { code: 0, stdout, output: stdout + stderr };
    } catch (error) {
      const { code, stdout = '', stderr = '' } = error as Failed;
      if (typeof code !== 'number') throw error;
      return { code, stdout, output: stdout + stderr };
    }
  };
  // The graph is drawn once, before anything is planted: the rule reads it, and edges of violations would be in it too.
  const nx = join('node_modules', 'nx', 'dist', 'bin', 'nx.js');
  const graph = await node([nx, 'show', 'projects', '--json']);
  if (graph.code !== 0) throw new Error(`Nx could not draw the project graph: ${graph.output}`);
  return {
    plant,
    lint: async () => {
      const { stdout, output } = await node([join('node_modules', 'eslint', 'bin', 'eslint.js'), '--format', 'json', '.']);
      if (!stdout.startsWith('[')) throw new Error(`ESLint did not run: ${output}`);
      return (JSON.parse(stdout) as readonly EslintResult[]).flatMap(({ filePath, messages }) =>
        messages.map(({ ruleId, message }) => ({ file: filePath.slice(root.length + 1), rule: ruleId ?? 'none', message })),
      );
    },
    lintProject: async (name) => node([nx, 'run-many', '-t', 'lint', '-p', name, '--outputStyle=static', '--skip-nx-cache']),
    remove: () => rm(root, { recursive: true, force: true }),
  };
};
