/** One thing that was wrong with the input: where it stands, and what to do about it. */
export interface ProblemItem {
  /** JSON member or query parameter, dotted: `corrected.score`. */
  readonly field?: string;
  /** Line and column of a file, counted from 1. */
  readonly line?: number;
  readonly column?: number | string;
  readonly detail: string;
}

/** Problem details of RFC 9457; further members carry the data of a refusal. */
export interface Problem {
  /** A path below the platform's address, the same for every instance of the problem. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly errors?: readonly ProblemItem[];
  readonly [member: string]: unknown;
}

/** What a kind of refusal means over HTTP. `detail` puts the refusal's data into words; `field` names what to change. */
export interface ProblemEntry<Rejection> {
  readonly type: `/problems/${string}`;
  readonly title: string;
  readonly status: number;
  readonly detail: (rejection: Rejection) => string;
  readonly field?: string;
}

/** The HTTP meaning of each refusal of a stream, once and exhaustively: dropping a row does not compile. */
export type ProblemCatalogue<Rejection extends { readonly type: string }> = {
  readonly [Type in Rejection['type']]: ProblemEntry<Extract<Rejection, { readonly type: Type }>>;
};

/** Carries a problem to the filter that answers it; thrown at the HTTP edge only, never inside a decision. */
export class ProblemException extends Error {
  override readonly name = 'ProblemException';
  constructor(
    readonly problem: Problem,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(problem.detail ?? problem.title);
  }
}

/** The problem that a refusal is over HTTP. */
export const problemOf = <Rejection extends { readonly type: string }>(
  catalogue: ProblemCatalogue<Rejection>,
  rejection: Rejection,
): Problem => {
  const entry = catalogue[rejection.type as Rejection['type']] as unknown as ProblemEntry<Rejection>;
  const { type: _type, ...data } = rejection;
  const detail = entry.detail(rejection);
  return {
    ...data,
    type: entry.type,
    title: entry.title,
    status: entry.status,
    detail,
    ...(entry.field === undefined ? {} : { errors: [{ field: entry.field, detail }] }),
  };
};

const plain = (status: number, name: string, title: string) => (detail: string, errors?: readonly ProblemItem[]) =>
  new ProblemException({ type: `/problems/${name}`, title, status, detail, ...(errors ? { errors } : {}) });

/** The problems that any route may answer. */
export const problems = {
  badInput: plain(400, 'bad-input', 'The request is not understood'),
  unauthenticated: plain(401, 'unauthenticated', 'Sign in first'),
  forbidden: plain(403, 'forbidden', 'This is not yours to do'),
  notFound: plain(404, 'not-found', 'There is nothing here'),
  unsupportedMedia: plain(415, 'unsupported-media-type', 'This kind of content is not understood'),
} as const;

/** 503 with `Retry-After`, in seconds. */
export const unavailable = (detail: string, retryAfter_s = 1): ProblemException =>
  new ProblemException(
    { type: '/problems/unavailable', title: 'Not possible right now', status: 503, detail },
    { 'Retry-After': String(retryAfter_s) },
  );
