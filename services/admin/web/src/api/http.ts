import { minPosition, notePosition } from './positions.js';
import { problemOf, ServiceUnreachable } from './problem.js';

export type Query = Record<string, string | number | undefined>;

const addressOf = (path: string, query: Query = {}): string => {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
};

const answer = async <T>(address: string, init: RequestInit): Promise<T> => {
  let response: Response;
  try {
    response = await fetch(address, { credentials: 'same-origin', ...init });
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new ServiceUnreachable('no answer', { cause });
  }
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
};

/** Reads JSON. Throws `ApiProblem` for a refusal, `ServiceUnreachable` without an answer. */
export const getJson = <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> =>
  answer<T>(addressOf(path, query), { headers: { accept: 'application/json' }, ...(signal ? { signal } : {}) });

/** Reads JSON of a district, not older than this browser's own last command. */
export const getOfDistrict = <T>(district: string, path: string, query: Query = {}, signal?: AbortSignal): Promise<T> =>
  getJson<T>(`/api/districts/${encodeURIComponent(district)}${path}`, { ...query, 'min-position': minPosition() }, signal);

export interface Sending {
  readonly method?: 'POST' | 'DELETE';
  readonly query?: Query;
  readonly json?: unknown;
  /** A file, sent byte for byte: the service judges its encoding. */
  readonly csv?: Blob;
  readonly idempotencyKey?: string;
  /** The version of the stream that the form was filled in against. */
  readonly ifMatch?: number;
}

/** Sends a command and remembers the position it was stored at. The header `X-Requested-With` is the guard against forged requests. */
export const send = async <T>(path: string, sending: Sending): Promise<T> => {
  const headers = new Headers({ accept: 'application/json', 'x-requested-with': 'cairn' });
  if (sending.json !== undefined) headers.set('content-type', 'application/json');
  if (sending.csv) headers.set('content-type', 'text/csv');
  if (sending.idempotencyKey) headers.set('idempotency-key', sending.idempotencyKey);
  if (sending.ifMatch !== undefined) headers.set('if-match', `"${sending.ifMatch}"`);
  const body = sending.csv ?? (sending.json === undefined ? null : JSON.stringify(sending.json));
  const answered = await answer<T>(addressOf(path, sending.query), { method: sending.method ?? 'POST', headers, body });
  notePosition((answered as { position?: string } | undefined)?.position);
  return answered;
};
