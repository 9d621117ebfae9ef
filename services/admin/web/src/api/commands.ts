import { send } from './http.js';
import type { CommandAnswer, RosterDiff } from './types.js';

const inDistrict = (district: string): string => `/api/districts/${encodeURIComponent(district)}`;

export const signIn = (personId: string): Promise<void> => send('/api/session', { json: { personId } });
export const signOut = (): Promise<void> => send('/api/session', { method: 'DELETE' });

export const createDistrict = (body: { districtId: string; name: string; timeZone: string }, idempotencyKey: string) =>
  send<{ position?: string }>('/api/districts', { json: body, idempotencyKey });

export const createInitiative = (
  district: string,
  body: { name: string; description: string; fidelityCut?: number },
  idempotencyKey: string,
) => send<{ initiativeId: string; position: string }>(`${inDistrict(district)}/initiatives`, { json: body, idempotencyKey });

export interface AdoptionCommand {
  readonly district: string;
  readonly school: string;
  readonly initiative: string;
  readonly command: string;
  readonly version: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly idempotencyKey: string;
}
export const recordFact = (command: AdoptionCommand): Promise<CommandAnswer> =>
  send(
    `${inDistrict(command.district)}/schools/${command.school}/adoptions/${encodeURIComponent(command.initiative)}/${command.command}`,
    { json: command.body, ifMatch: command.version, idempotencyKey: command.idempotencyKey },
  );

export interface RosterImport {
  readonly district: string;
  readonly file: Blob;
  readonly effective: string;
  readonly mode: 'dry-run' | 'apply';
  readonly confirmClosing?: number | undefined;
  readonly idempotencyKey: string;
}
export const importRoster = (roster: RosterImport): Promise<RosterDiff> =>
  send(`${inDistrict(roster.district)}/roster-imports`, {
    csv: roster.file,
    query: { mode: roster.mode, effective: roster.effective, 'confirm-closing': roster.confirmClosing },
    idempotencyKey: roster.idempotencyKey,
  });

/**
 * Keys for sending a form. The same content keeps its key, so that a second press after a lost answer does nothing twice;
 * other content gets a new one.
 */
export const keyring = (): ((content: unknown) => string) => {
  let last: { content: string; key: string } | undefined;
  return (content) => {
    const text = JSON.stringify(content);
    if (last?.content !== text) last = { content: text, key: crypto.randomUUID() };
    return last.key;
  };
};
