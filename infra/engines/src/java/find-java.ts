import { join } from 'node:path';
import { MissingToolError } from '../errors.js';
import { runProgram } from '../run-program.js';

const oldestJava = 17;
const advice = `Kafka needs Java ${oldestJava} or newer. On Debian: apt-get install default-jre-headless; elsewhere set JAVA_HOME.`;

/** The major version in the first line of `java -version`; undefined when the line is not one. */
export const javaMajorVersion = (text: string): number | undefined => {
  const found = /version "(?:1\.)?(\d+)/.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
};

/** The program `java`: that of JAVA_HOME, else that of the PATH. @throws MissingToolError when there is none, or only an old one. */
export const findJava = async (env: NodeJS.ProcessEnv = process.env): Promise<string> => {
  const home = env['JAVA_HOME'];
  const java = home === undefined || home === '' ? 'java' : join(home, 'bin', 'java');
  const text = await runProgram(java, ['-version'], { timeout_ms: 20_000, whenMissing: `There is no ${java}. ${advice}`, env });
  const version = javaMajorVersion(text);
  if (version !== undefined && version >= oldestJava) return java;
  throw new MissingToolError(`${java} is Java ${String(version ?? 'of an unknown version')}. ${advice}`);
};
