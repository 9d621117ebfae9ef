import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EngineStartError } from '../errors.js';
import { runProgram } from '../run-program.js';

const pom = fileURLToPath(new URL('../../kafka/pom.xml', import.meta.url));

/** How the broker logs, for the option `log4j2.configurationFile`. */
export const loggingConfiguration = fileURLToPath(new URL('../../kafka/log4j2.xml', import.meta.url));

/** The version of the broker that the pom names, such as `4.3.0`. */
export const kafkaVersion = async (): Promise<string> => {
  const version = /<kafka\.version>([\d.]+)<\/kafka\.version>/.exec(await readFile(pom, 'utf8'))?.[1];
  if (version === undefined) throw new EngineStartError(`${pom} names no kafka.version.`);
  return version;
};

export interface KafkaJarsOptions {
  readonly timeout_ms: number;
  readonly onProgress: (message: string) => void;
  readonly cacheDir?: string;
  readonly env?: NodeJS.ProcessEnv;
}

const defaultCache = (env: NodeJS.ProcessEnv): string => join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'cairn');

const exists = (path: string): Promise<boolean> => stat(path).then(() => true, () => false);

const whenMissing =
  'There is no mvn, which fetches Kafka from Maven Central once. On Debian: apt-get install maven. Or run Docker with Compose, or set KAFKA_BROKERS.';

/**
 * The folder with the broker and all it needs. Maven fills it once for each pom (45 MB); after that no network is needed.
 * It is filled beside its place and moved there when whole. @throws MissingToolError, EngineStartError
 */
export const kafkaJars = async ({ timeout_ms, onProgress, cacheDir, env = process.env }: KafkaJarsOptions): Promise<string> => {
  const version = await kafkaVersion();
  const mark = createHash('sha256').update(await readFile(pom)).digest('hex').slice(0, 8);
  const folder = join(cacheDir ?? defaultCache(env), `kafka-${version}-${mark}`);
  if (await exists(folder)) return folder;

  onProgress(`Fetching Kafka ${version} from Maven Central (45 MB, once)`);
  const draft = `${folder}.${process.pid}.tmp`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  try {
    await runProgram(
      'mvn',
      [
        '--batch-mode', '--quiet', '--strict-checksums', '--file', pom,
        'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${draft}`,
      ],
      { timeout_ms, whenMissing, env },
    );
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another process was faster to the same folder.
    if (!(await exists(folder))) throw error;
  }
  return folder;
};
