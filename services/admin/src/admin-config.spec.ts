import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { adminConfigFrom } from './admin-config.js';

const keys = generateKeyPairSync('ed25519', {
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

describe('the door by its environment', () => {
  const bare = { CAIRN_UPSTREAMS: 'directory=http://directory:3000,reporting=http://reporting:3000' };
  let folder: string;
  let file: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cairn-door-key-'));
    file = join(folder, 'private.pem');
    await writeFile(file, keys.privateKey);
    await writeFile(join(folder, 'none.pem'), 'nothing');
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('lets nobody in without a password, though it knows the key', () => {
    const config = adminConfigFrom({ ...bare, CAIRN_LOCAL_PUBLIC_KEY: keys.publicKey });
    expect(config).not.toHaveProperty('local');
    expect(config).not.toHaveProperty('developmentSignIn');
  });

  test('has the development sign-in when it is asked for in so many words', () => {
    const config = adminConfigFrom({ ...bare, CAIRN_DEVELOPMENT_SIGN_IN: '1', CAIRN_LOCAL_PRIVATE_KEY_FILE: file });
    expect(config).toMatchObject({
      developmentSignIn: true,
      identity: { mode: 'local', publicKeyPem: keys.publicKey },
      local: { privateKeyPem: keys.privateKey },
    });
    expect(config.local?.people.map(({ role }) => role)).toContain('operator');
  });

  test.each<[string, () => Readonly<Record<string, string>>]>([
    ['CAIRN_LOCAL_PRIVATE_KEY_FILE: It is set, but CAIRN_DEVELOPMENT_SIGN_IN is not 1', () => ({ CAIRN_LOCAL_PRIVATE_KEY_FILE: file, CAIRN_LOCAL_PUBLIC_KEY: keys.publicKey })],
    ['CAIRN_LOCAL_PRIVATE_KEY_FILE: CAIRN_DEVELOPMENT_SIGN_IN=1 needs', () => ({ CAIRN_DEVELOPMENT_SIGN_IN: '1', CAIRN_LOCAL_PUBLIC_KEY: keys.publicKey })],
    ['CAIRN_LOCAL_PRIVATE_KEY_FILE: The file that it names holds no private key', () => ({ CAIRN_DEVELOPMENT_SIGN_IN: '1', CAIRN_LOCAL_PRIVATE_KEY_FILE: join(folder, 'none.pem') })],
    ['CAIRN_LOCAL_PRIVATE_KEY_FILE: The file that it names cannot be read', () => ({ CAIRN_DEVELOPMENT_SIGN_IN: '1', CAIRN_LOCAL_PRIVATE_KEY_FILE: join(folder, 'gone.pem') })],
    ['CAIRN_DEVELOPMENT_SIGN_IN: Set it to 1', () => ({ CAIRN_DEVELOPMENT_SIGN_IN: 'yes' })],
    ['Believe one issuer only', () => ({ CAIRN_DEVELOPMENT_SIGN_IN: '1', CAIRN_LOCAL_PRIVATE_KEY_FILE: file, OIDC_ISSUER: 'https://issuer.example' })],
    ['CAIRN_UPSTREAMS: It is not set', () => ({ CAIRN_UPSTREAMS: undefined as never })],
  ])('says what does not fit: %s', (words, more) => {
    expect(() => adminConfigFrom({ ...bare, ...more() })).toThrow(words);
  });
});
