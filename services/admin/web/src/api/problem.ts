/** One value or cell that was refused, with the reason in words. */
export interface FieldError {
  readonly field?: string;
  readonly line?: number;
  readonly column?: string;
  readonly detail: string;
}

/** A refusal as RFC 9457 describes it. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly instance?: string;
  /** What support finds the request by. */
  readonly reference?: string;
  /** The fact on record that stands in the way. */
  readonly eventId?: string;
  /** The service says itself that nothing was changed; the words are taken out of the details, the page says them once. */
  readonly unchanged?: true;
  readonly errors?: readonly FieldError[];
}

/** The service answered with a refusal or a failure. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  constructor(
    readonly problem: ProblemDetails,
    /** How long the service asks to wait before the next try. */
    readonly retryAfter_ms: number | undefined,
  ) {
    super(problem.title);
  }
  get status(): number {
    return this.problem.status;
  }
}

/** No answer came: whether the request arrived is unknown. */
export class ServiceUnreachable extends Error {
  override readonly name = 'ServiceUnreachable';
}

/** What browsers and the bundler say when a part of the page did not arrive, in the words of Chrome, Firefox, Safari and Vite. */
const missingScript = /dynamically imported module|Importing a module script failed|Unable to preload/i;

/** No answer came, to a question or to the request for a part of the page itself. */
export const isUnreachable = (error: unknown): boolean =>
  error instanceof ServiceUnreachable || (error instanceof Error && missingScript.test(error.message));

export const isStatusOf = (error: unknown, status: number): boolean => error instanceof ApiProblem && error.status === status;

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const unchangedWords = /\s*Nothing was changed(?:\.|;\s*(\w))\s*/g;

/** A detail without the sentence that nothing was changed: the page says that itself, once and in the reader's language. */
export const withoutUnchanged = (detail: string): string =>
  detail.replace(unchangedWords, (_sentence, next: string | undefined) => ` ${next?.toUpperCase() ?? ''}`).trim();

const fieldErrorsOf = (value: unknown): FieldError[] =>
  Array.isArray(value)
    ? value
        .filter((entry): entry is FieldError => typeof entry === 'object' && entry !== null && typeof entry.detail === 'string')
        .map((entry) => ({ ...entry, detail: withoutUnchanged(entry.detail) }))
    : [];

/** Reads a problem out of any answer that is not a success, also out of one that some proxy wrote. */
export const problemOf = async (response: Response): Promise<ApiProblem> => {
  const body: unknown = await response.json().catch(() => undefined);
  const members = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const given = textOf(members['detail']);
  const detail = given && withoutUnchanged(given);
  const instance = textOf(members['instance']);
  const reference = textOf(members['reference']) ?? textOf(response.headers.get('x-correlation-id'));
  const eventId = textOf(members['eventId']);
  const retryAfter = Number(response.headers.get('retry-after'));
  return new ApiProblem(
    {
      type: textOf(members['type']) ?? 'about:blank',
      title: textOf(members['title']) ?? `${response.status} ${response.statusText}`.trim(),
      status: response.status,
      ...(detail ? { detail } : {}),
      ...(instance ? { instance } : {}),
      ...(reference ? { reference } : {}),
      ...(eventId ? { eventId } : {}),
      ...(given === detail ? {} : { unchanged: true as const }),
      errors: fieldErrorsOf(members['errors']),
    },
    retryAfter > 0 ? retryAfter * 1_000 : undefined,
  );
};
