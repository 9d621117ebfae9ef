import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';

import { samplePeople } from '../sample/index.js';
import { PlatformUnderTest } from './platform-under-test.js';

/** Ids that are well formed, so that nothing but the role decides. */
const filled = (template: string): string =>
  template
    .replace('{districtId}', 'mnps')
    .replace('{schoolId}', '99999999-9999-4999-8999-999999999999')
    .replace('{initiativeId}', 'blended-learning')
    .replace('{name}', 'nothing');

const isAboutAdoption = (template: string): boolean => template.includes('/adoptions/');

describe('who may do what', () => {
  let cairn: PlatformUnderTest;
  let commands: readonly string[];

  beforeAll(async () => {
    cairn = await PlatformUnderTest.start();
    await cairn.district('mnps');
    const { body } = await cairn.get('/api/openapi.json').expect(200);
    const { paths } = body as { paths: Record<string, Record<string, unknown>> };
    commands = Object.entries(paths).filter(([path, methods]) => 'post' in methods && path !== '/api/session').map(([path]) => path);
  });
  afterAll(() => cairn.stop());

  test('the commands are those of an adoption and those of the operator', () => {
    expect(commands.filter(isAboutAdoption)).toHaveLength(10);
    expect(commands.filter((path) => !isAboutAdoption(path)).length).toBeGreaterThanOrEqual(4);
  });

  test.each([
    ['operator', () => true],
    ['coach', isAboutAdoption],
    ['school-leader', () => false],
    ['analyst', () => false],
  ] as const)('%s', async (role, may) => {
    const personId = samplePeople.find((person) => person.role === role)?.personId;
    const browser = request.agent(cairn.platform.url);
    await browser.post('/api/session').set('X-Requested-With', 'cairn').send({ personId }).expect(200);
    const refused: string[] = [];
    for (const command of commands) {
      const { status } = await browser.post(filled(command)).set('X-Requested-With', 'cairn').send({});
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      if (status === 403) refused.push(command);
    }
    expect(refused).toEqual(commands.filter((command) => !may(command)));
  });
});
