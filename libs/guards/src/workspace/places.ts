import { homedir } from 'node:os';
import { workspaceRoot } from './workspace.js';

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Where this project happens to stand, and whose machine it is, is nobody's business; nor does it hold true elsewhere. */
const everywhere: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a home of a user', /(?<![\w.~-])\/(home|Users)\/[\w-]+\/|(?<![\w.])\/root\/[\w.-]|\b[A-Za-z]:\\+Users\\/],
  ['the host of a registry', /https?:\/\/[^\s/"'`]*(registry|npmjs|verdaccio|artifactory|nexus|jfrog)[^\s/"'`]*/i],
  ['where a package was fetched', /"resolved":\s*"(https?|file):/],
  ['credentials of a registry', /_authToken|_auth\s*=|\/\/[^\s/]+\/:_/],
];

/** A folder right below `/`, such as that of a container, may as well be a route. */
const isTelling = (path: string): boolean => path.split('/').filter((part) => part !== '').length > 1;

/** What in the text tells of one machine or its network, as `line: what`. */
export const placesIn = (text: string, here: readonly string[] = [workspaceRoot, homedir()]): string[] => {
  const local = here.filter(isTelling).map((path) => ['a place of this machine', new RegExp(`(?<![\\w.])${escaped(path)}(?![\\w-])`)] as const);
  return text
    .split('\n')
    .flatMap((line, index) =>
      [...everywhere, ...local].filter(([, pattern]) => pattern.test(line)).map(([what]) => `${index + 1}: ${what}`),
    );
};
