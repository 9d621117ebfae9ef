import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { OpenAPIObject } from '@nestjs/swagger';

import { ProblemException } from './problem.js';

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

interface Route {
  readonly pattern: RegExp;
  readonly allowed: readonly string[];
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const routesIn = ({ paths }: Pick<OpenAPIObject, 'paths'>): readonly Route[] =>
  Object.entries(paths).map(([template, item]) => ({
    pattern: new RegExp(`^${template.split('/').map((part) => (/[{}]/.test(part) ? '[^/]+' : escaped(part))).join('/')}/?$`, 'i'),
    allowed: methods.filter((method) => item[method] !== undefined).map((method) => method.toUpperCase()),
  }));

/**
 * Express middleware: a path that is there, asked in a way that it does not offer, is a 405 that names what it does;
 * a 404 would say that the path is wrong. The paths are those of the OpenAPI document, known once the service is set up.
 */
export const methodNotAllowed = (document: () => Pick<OpenAPIObject, 'paths'> | undefined): RequestHandler => {
  let routes: readonly Route[] | undefined;
  return (request: Request, _response: Response, next: NextFunction): void => {
    const described = document();
    routes ??= described && routesIn(described);
    const asked = request.method === 'HEAD' ? 'GET' : request.method;
    const found = asked === 'OPTIONS' ? [] : (routes ?? []).filter(({ pattern }) => pattern.test(request.path));
    const allowed = [...new Set(found.flatMap((route) => route.allowed))];
    if (allowed.length === 0 || allowed.includes(asked)) return next();
    const detail = `${request.path} takes ${allowed.join(', ')}, not ${request.method}. Nothing was changed.`;
    const problem = { type: '/problems/method-not-allowed', title: 'This method is not offered here', status: 405, detail };
    next(new ProblemException(problem, { Allow: allowed.includes('GET') ? [...allowed, 'HEAD'].join(', ') : allowed.join(', ') }));
  };
};
