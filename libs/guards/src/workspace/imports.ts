import { builtinModules } from 'node:module';

const imported = /(?:(?<![.\w])from\s*|(?:(?<![.\w])import|require\.resolve)\s*\(?\s*)'((?:@[\w-]+\/)?[a-z][\w.-]*)(?:\/[^']*)?'/g;

/** The packages that a source file imports or resolves, Node's own left out. */
export const packagesIn = (source: string): readonly string[] =>
  [...source.matchAll(imported)].flatMap(([, name]) =>
    name === undefined || name === 'node' || builtinModules.includes(name) ? [] : [name],
  );

export interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** What a manifest says otherwise than the code does: a package that is imported and not declared, or declared in vain. */
export const undeclared = (manifest: Manifest, shipped: readonly string[], tested: readonly string[], root: ReadonlySet<string>): string[] => {
  const dependencies = new Set(Object.keys(manifest.dependencies ?? {}));
  const development = new Set(Object.keys(manifest.devDependencies ?? {}));
  const missing = shipped.filter((name) => name !== manifest.name && !dependencies.has(name) && !development.has(name) && !root.has(name));
  const missingInTests = tested.filter((name) => name !== manifest.name && ![dependencies, development, root].some((known) => known.has(name)));
  const vain = [...dependencies].filter((name) => !shipped.includes(name) && !tested.includes(name));
  return [
    ...new Set([...missing, ...missingInTests].map((name) => `${manifest.name} imports ${name} without declaring it`)),
    ...vain.map((name) => `${manifest.name} declares ${name} without importing it`),
  ];
};
