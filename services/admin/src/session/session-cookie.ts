import type { Request, Response } from 'express';

const cookieName = 'cairn_session';

/** The token that the session cookie carries, if any. */
export const tokenInCookie = (request: Pick<Request, 'headers'>): string | undefined =>
  (request.headers.cookie ?? '')
    .split(';')
    .map((part) => part.trim().split('='))
    .find(([name]) => name === cookieName)?.[1];

/** Keeps a token where scripts of the page cannot read it. Seconds: `lifetime_s`. */
export const keepInCookie = (response: Response, token: string, lifetime_s: number): void => {
  response.cookie(cookieName, token, { httpOnly: true, sameSite: 'strict', path: '/', maxAge: lifetime_s * 1_000 });
};

export const clearCookie = (response: Response): void => {
  response.clearCookie(cookieName, { httpOnly: true, sameSite: 'strict', path: '/' });
};
