import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { testDatabase } from '@cairn/embedded-postgres/testing';
import request from 'supertest';
import type { Test } from 'supertest';

import type { PlatformOptions, RunningPlatform } from '../platform/start-platform.js';
import { startPlatform, storedServices } from '../platform/start-platform.js';
import { startServiceProcesses } from '../processes/start-service-processes.js';

export const schoolsCsv = `district_id,district_name,school_id,school_name,school_year_end,enrollment
0190,Metro Nashville Public Schools,01900001,A. Z. Kelley Elementary,2024,645
0190,Metro Nashville Public Schools,01900005,Alex Green Elementary,2024,413
0190,Metro Nashville Public Schools,01900010,Amqui Elementary,2024,547
`;

/** The whole platform over a database of its own, asked as its operator through the one door. */
export class PlatformUnderTest {
  private constructor(
    readonly platform: RunningPlatform,
    readonly databaseUrl: string,
    readonly dataDir: string,
    private readonly drop: () => Promise<void>,
  ) {}

  static async start(options: { readonly sample?: boolean; readonly today?: string; readonly processes?: boolean; readonly engines?: PlatformOptions['engines'] } = {}): Promise<PlatformUnderTest> {
    const database = await testDatabase();
    const dataDir = await mkdtemp(join(tmpdir(), 'cairn-e2e-'));
    const platform = await startPlatform({
      dataDir,
      purpose: 'an end-to-end test',
      port: 0,
      databaseUrl: database.url,
      sample: options.sample ?? false,
      today: options.today ?? '2026-01-15',
      logLevel: 'silent',
      onProgress: () => undefined,
      engines: options.engines,
      startServices: options.processes === true ? (config) => startServiceProcesses(config, storedServices, () => undefined) : undefined,
    });
    return new PlatformUnderTest(platform, database.url, dataDir, () => database.drop());
  }

  async stop(): Promise<void> {
    await this.platform.stop();
    await rm(this.dataDir, { recursive: true, force: true });
    await this.drop();
  }

  get(path: string): Test {
    return request(this.platform.url).get(path).set('Authorization', `Bearer ${this.platform.token}`);
  }

  post(path: string, body: object = {}): Test {
    return request(this.platform.url).post(path).set('Authorization', `Bearer ${this.platform.token}`).send(body);
  }

  csv(path: string, content: string | Buffer): Test {
    return request(this.platform.url)
      .post(path)
      .set('Authorization', `Bearer ${this.platform.token}`)
      .set('Content-Type', 'text/csv')
      .send(content);
  }

  /** A district with three schools and one initiative; the ids of the schools by name. */
  async district(districtId: string, effective = '2025-01-01'): Promise<ReadonlyMap<string, string>> {
    await this.post('/api/districts', { districtId, name: districtId, timeZone: 'America/Chicago' }).expect(201);
    await this.csv(`/api/districts/${districtId}/roster-imports?mode=apply&effective=${effective}`, schoolsCsv).expect(200);
    await this.post(`/api/districts/${districtId}/initiatives`, { name: 'Blended learning', description: 'Teaching that mixes' }).expect(201);
    const { body } = await this.get(`/api/districts/${districtId}/schools`).expect(200);
    return new Map((body as { items: { name: string; schoolId: string }[] }).items.map(({ name, schoolId }) => [name, schoolId]));
  }
}

/** The id of a school that must be there. */
export const idOf = (schools: ReadonlyMap<string, string>, name: string): string => {
  const id = schools.get(name);
  if (id === undefined) throw new Error(`There is no school "${name}"`);
  return id;
};
