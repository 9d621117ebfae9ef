import { fileURLToPath } from 'node:url';
import { enginesDir } from '../state/engines-state.js';

const workspace = fileURLToPath(new URL('../../../../', import.meta.url));

/** The folder of `npm run engines:start`, whichever folder a test is run from: npm runs it in that of the workspace. */
export const workspaceEnginesDir = (env: NodeJS.ProcessEnv): string => enginesDir(env, workspace);
