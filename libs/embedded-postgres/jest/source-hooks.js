// Lets plain Node run the TypeScript sources of the workspace as they stand, without a build that could be stale:
//   node --conditions=@cairn/source --import <this folder>/register-source.js some-file.ts
// Node 20 asks these hooks in a thread of their own (https://nodejs.org/docs/latest-v20.x/api/module.html#customization-hooks).
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const swcOptions = {
  swcrc: false,
  jsc: {
    parser: { syntax: 'typescript', decorators: true, tsx: true },
    target: 'es2022',
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

/** The sources import `./x.js` as it will be named when built; beside a source that is `./x.ts`. */
export const resolve = (specifier, context, nextResolve) => {
  const fromSource = context.parentURL?.endsWith('.ts') && !context.parentURL.includes('/node_modules/');
  if (fromSource && specifier.startsWith('.') && specifier.endsWith('.js')) {
    return nextResolve(specifier.replace(/\.js$/, '.ts'), context);
  }
  return nextResolve(specifier, context);
};

export const load = (url, context, nextLoad) => {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context);
  const filename = fileURLToPath(url);
  const { code } = transformSync(readFileSync(filename, 'utf8'), { ...swcOptions, filename });
  return { format: 'module', source: code, shortCircuit: true };
};
