import { join } from 'node:path';

import express from 'express';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';

/** What pages of the admin UI may load: what this address serves, and nothing else. Mantine and ECharts set inline styles. */
export const securityHeaders = (): RequestHandler =>
  helmet({
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        workerSrc: ["'self'", 'blob:'],
        upgradeInsecureRequests: null,
      },
    },
    strictTransportSecurity: false,
  }) as RequestHandler;

const loopback = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

/** On one machine only this machine's names are answered, so that no foreign name can be pointed at it (DNS rebinding). */
export const requireLoopbackName = (request: Request, response: Response, next: NextFunction): void => {
  if (loopback.test(request.headers.host ?? '')) next();
  else response.status(421).type('text/plain').send('This address answers to 127.0.0.1 and localhost only.\n');
};

/** Whether an address is the API's, however it is written: no page answers there. */
export const isOfApi = (path: string): boolean => {
  try {
    return /^\/+api(\/|$)/i.test(decodeURIComponent(path));
  } catch {
    return true;
  }
};

/** The built admin UI. Every address that is not the API's is a page; the page finds out which. */
export const webUi = (root: string): RequestHandler => {
  const assets = express.static(root, { index: false, maxAge: '1h', immutable: false });
  return (request, response, next) => {
    if (isOfApi(request.path) || (request.method !== 'GET' && request.method !== 'HEAD')) return next();
    return assets(request, response, () => {
      if (/\.[a-z0-9]+$/i.test(request.path)) return next();
      response.setHeader('Cache-Control', 'no-cache');
      return response.sendFile(join(root, 'index.html'), (error: unknown) => {
        if (error) next(error);
      });
    });
  };
};
