import type { NextFunction, Request, Response } from 'express';

import { problems } from './problem.js';

const kinds = ['application/json', 'text/csv'];

const hasBody = ({ headers }: Request): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** Express middleware: a body is JSON or CSV in UTF-8, or it is a 415; nothing else would be read as what it is. */
export const requireKnownBody = (request: Request, _response: Response, next: NextFunction): void => {
  if (!hasBody(request)) return next();
  const charset = /charset="?([\w-]+)/i.exec(request.headers['content-type'] ?? '')?.[1]?.toLowerCase() ?? 'utf-8';
  if (request.is(kinds) === false) {
    return next(problems.unsupportedMedia(`Send ${kinds.join(' or ')}, and say so in Content-Type. Nothing was changed.`));
  }
  if (charset !== 'utf-8' && charset !== 'utf8') {
    return next(problems.unsupportedMedia(`The body is in ${charset}; send it in UTF-8. Nothing was changed.`));
  }
  next();
};
