import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus, platform, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memory_gb: number;
  readonly system: string;
  /** `ssd`, `rotating` or `unknown`, as Linux tells it; a virtual disk tells what its host wants it to. */
  readonly disk: string;
}

const diskKind = async (): Promise<string> => {
  const devices = await readdir('/sys/block').catch(() => []);
  const kinds = new Set<string>();
  for (const device of devices.filter((name) => /^(?:sd|vd|xvd|nvme)/.test(name))) {
    const rotational = await readFile(`/sys/block/${device}/queue/rotational`, 'utf8').catch(() => '');
    const kind = { '0': 'not rotating', '1': 'rotating' }[rotational.trim()] ?? 'unknown';
    kinds.add(`${device.startsWith('vd') || device.startsWith('xvd') ? 'virtual, ' : ''}${kind}`);
  }
  return kinds.size === 0 ? 'unknown' : [...kinds].join('; ');
};

export const thisMachine = async (): Promise<Machine> => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memory_gb: Math.round(totalmem() / 1_073_741_824),
  system: `${platform()} ${release()}`,
  disk: await diskKind(),
});

const require = createRequire(import.meta.url);

/** The version of an installed package, whose manifest stands above what an import of it finds. */
const versionOf = (name: string): string => {
  for (let folder = dirname(require.resolve(name)); folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (!existsSync(file)) continue;
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string };
    if (manifest.name === name && manifest.version !== undefined) return manifest.version;
  }
  return 'unknown';
};

/** Versions of what is measured and of what it is measured against. */
export const versions = (postgresql: string): Readonly<Record<string, string>> => ({
  node: process.versions.node,
  postgresql,
  pg: versionOf('pg'),
  kafkajs: versionOf('kafkajs'),
  'emmett-postgresql': versionOf('@event-driven-io/emmett-postgresql'),
});
