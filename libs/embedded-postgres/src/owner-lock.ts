import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeAtomically } from './atomic-file.js';
import { AlreadyRunningError } from './errors.js';
import { processWith, stillRuns } from './process-identity.js';

interface Claim {
  readonly pid: number;
  readonly started?: string;
  readonly purpose: string;
  readonly state: 'claiming' | 'owner';
  readonly address?: string;
}

/** The sole right to run on a data directory. It ends with `release`, or with the process. */
export interface OwnerLock {
  /** Tells who comes second where the first one answers. */
  announce(address: string): Promise<void>;
  release(): Promise<void>;
}

const attemptsMax = 20;

const parseClaim = (text: string): Claim | undefined => {
  try {
    const value = JSON.parse(text) as Partial<Claim> | null;
    return typeof value?.pid === 'number' && typeof value.purpose === 'string' ? (value as Claim) : undefined;
  } catch {
    return undefined;
  }
};

const readClaim = async (path: string): Promise<Claim | undefined> => {
  try {
    return parseClaim(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** The claims of living processes; those of the dead are cleared away. No two claims ever share a name, so no living one is hit. */
const livingClaims = async (folder: string, except?: string): Promise<Claim[]> => {
  const living: Claim[] = [];
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.json') || name === except) continue;
    const claim = await readClaim(join(folder, name));
    if (claim !== undefined && (await stillRuns({ pid: claim.pid, started: claim.started }))) living.push(claim);
    else await rm(join(folder, name), { force: true });
  }
  return living;
};

/** Who owns the data directory now, if anyone alive does. */
export const currentOwner = async (dataDir: string): Promise<Claim | undefined> => {
  const folder = join(dataDir, 'owner');
  await mkdir(folder, { recursive: true });
  return (await livingClaims(folder)).find(({ state }) => state === 'owner');
};

/**
 * Takes the data directory for this process.
 *
 * Each process first writes a claim of its own and then looks for others. Of two that claim at once, one at least sees
 * the other; those that see each other both step back and try again after a random pause, so that there never are two.
 *
 * @throws AlreadyRunningError when a living process owns it.
 */
export const takeOwnership = async (dataDir: string, purpose: string): Promise<OwnerLock> => {
  const folder = join(dataDir, 'owner');
  await mkdir(folder, { recursive: true });
  const name = `${process.pid}-${randomUUID()}.json`;
  const path = join(folder, name);
  const started = (await processWith(process.pid))?.started;
  const write = (claim: Pick<Claim, 'state' | 'address'>): Promise<void> =>
    writeAtomically(path, JSON.stringify({ pid: process.pid, started, purpose, ...claim }));

  for (let attempt = 1; ; attempt += 1) {
    await write({ state: 'claiming' });
    const others = await livingClaims(folder, name);
    if (others.length === 0) break;
    await rm(path, { force: true });
    const owner = others.find(({ state }) => state === 'owner') ?? (attempt === attemptsMax ? others[0] : undefined);
    if (owner !== undefined) throw new AlreadyRunningError(dataDir, owner.pid, owner.purpose, owner.address);
    await sleep(10 + Math.random() * 90);
  }
  await write({ state: 'owner' });
  return {
    announce: (address) => write({ state: 'owner', address }),
    release: () => rm(path, { force: true }),
  };
};
