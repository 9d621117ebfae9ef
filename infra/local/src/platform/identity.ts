import { generateKeyPairSync, createPublicKey } from 'node:crypto';
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The key pair that signs and verifies the tokens of local mode. */
export interface LocalIdentity {
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
}

const ownerOnly = 0o600;

/** Writes a secret whole or not at all, readable by its owner alone. */
const writeSecret = async (path: string, text: string): Promise<void> => {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, text, { mode: ownerOnly });
  await chmod(draft, ownerOnly);
  await rename(draft, path);
};

const readIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** The identity of this data directory, made at the first start and kept, so that sessions survive a restart. */
export const localIdentity = async (dataDir: string): Promise<LocalIdentity> => {
  const path = join(dataDir, 'identity-key.pem');
  const kept = await readIfThere(path);
  const privateKeyPem =
    kept ?? generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  if (kept === undefined) await writeSecret(path, privateKeyPem);
  const publicKeyPem = createPublicKey(privateKeyPem).export({ type: 'spki', format: 'pem' }).toString();
  return { privateKeyPem, publicKeyPem };
};

const operatorTokenFile = (dataDir: string): string => join(dataDir, 'operator-token');

/** Leaves the operator's bearer token where scripts of the same user find it. */
export const writeOperatorToken = (dataDir: string, token: string): Promise<void> =>
  writeSecret(operatorTokenFile(dataDir), token);

/** The operator's bearer token, if the platform has written one. */
export const readOperatorToken = (dataDir: string): Promise<string | undefined> =>
  readIfThere(operatorTokenFile(dataDir));
