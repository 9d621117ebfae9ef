import { applyDecorators, createParamDecorator, SetMetadata } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

import { problems } from './problem.js';
import { contextOf } from './request-context.js';

export const roles = ['operator', 'coach', 'school-leader', 'analyst'] as const;
export type Role = (typeof roles)[number];

/** Who asks. */
export interface Principal {
  /** Stands as `actor` on every event this person causes. */
  readonly personId: string;
  readonly name: string;
  readonly roles: readonly Role[];
  /** The districts this person may see; `'*'`: all. */
  readonly districts: '*' | readonly string[];
  /** The loader of the sample records in simulated time; nobody else does. */
  readonly simulatesClock: boolean;
}

export const seesDistrict = (principal: Principal, districtId: string): boolean =>
  principal.districts === '*' || principal.districts.includes(districtId);

/** Marks a route that needs no principal. */
export const publicRoute = 'cairn:public-route';
export const Public = () => SetMetadata(publicRoute, true);

/** Marks who may call a route; without it every signed-in person may. */
export const allowedRoles = 'cairn:allowed-roles';
export const Allow = (...allowed: readonly Role[]) => SetMetadata(allowedRoles, allowed);

/** Marks what is of all districts at once, such as engines and read models: operators who may see all of them. */
export const ofAllDistricts = 'cairn:of-all-districts';
export const AllowPlatformOperators = () => applyDecorators(Allow('operator'), SetMetadata(ofAllDistricts, true));

/** The principal of a request. @throws a 401 problem when there is none */
export const requirePrincipal = (request: Request): Principal => {
  const principal = contextOf(request)?.principal;
  if (!principal) throw problems.unauthenticated('Send a bearer token, or sign in on the start page.');
  return principal;
};

/** Hands the principal to a handler. */
export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext): Principal =>
  requirePrincipal(context.switchToHttp().getRequest<Request>()),
);
