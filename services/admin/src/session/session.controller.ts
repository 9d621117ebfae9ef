import { Caller, Public, problems } from '@cairn/service-kit';
import type { Principal } from '@cairn/service-kit';
import { Body, Controller, Delete, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { z } from 'zod';

import { clearCookie, keepInCookie } from './session-cookie.js';
import type { LocalPerson } from './token-issuer.js';
import { LocalTokenIssuer } from './token-issuer.js';

/** Who can sign in without a password: the people of the sample, on the machine that shows it. Empty elsewhere. */
export class LocalSignIn {
  constructor(
    readonly people: readonly LocalPerson[],
    readonly issuer: LocalTokenIssuer | undefined,
  ) {}
}

const session_h = 12;
const signInSchema = z.strictObject({ personId: z.string().min(1).max(200) });

@ApiTags('session')
@Controller('api/session')
export class SessionController {
  constructor(private readonly signIn: LocalSignIn) {}

  @Get()
  @ApiOperation({ summary: 'Who is signed in' })
  session(@Caller() principal: Principal): object {
    const { personId, name, roles, districts } = principal;
    return {
      principal: { sub: personId, name, roles, districts: districts === '*' ? ['*'] : districts },
      local: this.signIn.issuer !== undefined,
    };
  }

  @Public()
  @Get('people')
  @ApiOperation({ summary: 'Who can sign in on this machine; the people are synthetic' })
  people(): object {
    return {
      items: this.signIn.people.map(({ personId, name, role, description }) => ({ personId, name, role, description })),
    };
  }

  @Public()
  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Sign in as one of the people of local mode' })
  async open(
    @Body({ schema: signInSchema }) { personId }: z.infer<typeof signInSchema>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    const { people, issuer } = this.signIn;
    if (!issuer) throw problems.notFound('Sign-in without a password is offered in local mode only.');
    const person = people.find((candidate) => candidate.personId === personId);
    if (!person) throw problems.badInput('There is nobody with this id.', [{ field: 'personId', detail: 'See GET /api/session/people' }]);
    keepInCookie(response, await issuer.issue(person, `${session_h}h`), session_h * 3_600);
    return { personId };
  }

  @Public()
  @Delete()
  @HttpCode(204)
  @ApiOperation({ summary: 'Sign out' })
  close(@Res({ passthrough: true }) response: Response): void {
    clearCookie(response);
  }
}
