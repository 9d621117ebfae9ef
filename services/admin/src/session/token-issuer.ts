import { localIssuer, tokenAudience } from '@cairn/service-kit';
import type { Role } from '@cairn/service-kit';
import { importPKCS8, SignJWT } from 'jose';
import type { CryptoKey } from 'jose';

/** Somebody who can sign in on this machine. */
export interface LocalPerson {
  readonly personId: string;
  readonly name: string;
  readonly role: Role;
  readonly description: string;
  readonly districts: '*' | readonly string[];
}

/** Signs the tokens of local mode. Where an OIDC issuer is configured, nobody signs anything here. */
export class LocalTokenIssuer {
  private constructor(private readonly key: CryptoKey) {}

  static async open(privateKeyPem: string): Promise<LocalTokenIssuer> {
    return new LocalTokenIssuer(await importPKCS8(privateKeyPem, 'EdDSA'));
  }

  /** A bearer token for a person. `expires` as `jose` takes it (`'12h'`). */
  issue(person: LocalPerson, expires: string, simulatesClock = false): Promise<string> {
    return new SignJWT({ name: person.name, roles: [person.role], districts: person.districts, simulatesClock })
      .setProtectedHeader({ alg: 'EdDSA' })
      .setIssuer(localIssuer)
      .setAudience(tokenAudience)
      .setSubject(person.personId)
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(this.key);
  }
}
