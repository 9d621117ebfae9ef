import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';

import type { Principal, Role } from './principal.js';
import { allowedRoles, ofAllDistricts, publicRoute, seesDistrict } from './principal.js';
import { problems } from './problem.js';
import { contextOf } from './request-context.js';
import { takeSimulatedTime } from '../time/simulated-time.js';
import { TokenVerifier } from './token-verifier.js';

/** Lets a request in when it bears a principal whose scope holds the district of the route and whose role fits. */
@Injectable()
export class PrincipalGuard implements CanActivate {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(publicRoute, targets)) return true;
    const request = context.switchToHttp().getRequest<Request>();
    const principal = await this.authenticate(request);
    const districtId = request.params['districtId'];
    if (typeof districtId === 'string' && !seesDistrict(principal, districtId)) {
      throw problems.notFound(`There is no district "${districtId}" that you can see.`);
    }
    const allowed = this.reflector.getAllAndOverride<readonly Role[] | undefined>(allowedRoles, targets);
    if (allowed && !allowed.some((role) => principal.roles.includes(role))) {
      throw problems.forbidden(`This needs the role ${allowed.join(' or ')}; you have ${principal.roles.join(', ')}.`);
    }
    if (this.reflector.getAllAndOverride<boolean | undefined>(ofAllDistricts, targets) && principal.districts !== '*') {
      throw problems.forbidden('This is of all districts at once; it needs an operator who may see all of them.');
    }
    return true;
  }

  private async authenticate(request: Request): Promise<Principal> {
    const [scheme, token] = (request.header('authorization') ?? '').split(' ');
    const principal = scheme?.toLowerCase() === 'bearer' && token ? await this.verifier.verify(token) : undefined;
    if (!principal) throw problems.unauthenticated('Send a valid bearer token, or sign in on the start page.');
    const running = contextOf(request);
    if (running) running.principal = principal;
    if (principal.simulatesClock) takeSimulatedTime(request);
    return principal;
  }
}
