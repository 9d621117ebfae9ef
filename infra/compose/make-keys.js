// Makes the key pair of the development sign-in unless it is there, so that sessions survive a restart.
// Usage: node make-keys.js <private key file> <public key file>
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const [privateFile, publicFile] = process.argv.slice(2);
if (privateFile === undefined || publicFile === undefined) {
  console.error('Usage: node make-keys.js <private key file> <public key file>');
  process.exit(2);
}

/** Whole or not at all: a job that was ended half-way leaves no half of a key. */
const write = (path, text, mode) => {
  writeFileSync(`${path}.new`, text, { mode });
  renameSync(`${path}.new`, path);
};

if (!existsSync(privateFile)) {
  write(privateFile, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600);
}
// Derived each time: the two volumes can be removed one by one.
write(publicFile, createPublicKey(readFileSync(privateFile, 'utf8')).export({ type: 'spki', format: 'pem' }), 0o644);
