import type { Planted } from './planted.js';

/** Code by rule; each snippet stands in a file of its own. Where the place matters, it is named before the code. */
type Snippet = string | readonly [file: string, code: string];

const domain = (body: string): string => `export const decideIt = (command: { at: string }) => {\n  void command;\n  ${body}\n};`;

const violations: Readonly<Record<string, readonly Snippet[]>> = {
  'cairn/pure-decisions': [
    domain('throw new Error(command.at);'),
    domain('return new Date();'),
    domain('return Date();'),
    domain('return Date.now();'),
    domain("return Date['now']();"),
    domain('return Math.random();'),
    domain('return crypto.randomUUID();'),
    domain('return DateTime.now();'),
    domain('return DateTime.utc();'),
    domain('return process.env;'),
    domain('return performance.now();'),
    domain("return fetch('https://example.org');"),
    domain('return [command].map(() => Date.now());'),
    domain('const inner = { read: () => new Date() };\n  return inner.read();'),
    "import { randomUUID } from 'node:crypto';\nexport const decideIt = () => randomUUID();",
    'export const decideIt = async () => undefined;',
    'export async function decideIt() {\n  await Promise.resolve();\n}',
    'export function evolveIt(this: unknown) {\n  return this;\n}',
    'export const evolve = () => {\n  throw new Error();\n};',
    'export const initialState = { since: Date.now() };',
    "import type { Decide } from '@cairn/decider';\nexport const judge: Decide<unknown, unknown, unknown, unknown> = () => {\n  throw new Error();\n};",
    "import type { Evolve } from '@cairn/decider';\nexport const next: Evolve<number, never> = () => Date.now();",
    "import type { Decider } from '@cairn/decider';\nexport const it: Decider<unknown, number, never, unknown> = { ...rest, initialState: Date.now() };",
    'export const it = { decide: () => Math.random() };',
    'export class It {\n  evolve() {\n    return this;\n  }\n}',
  ],
  'cairn/sql-in-its-place': [
    "import pg from 'pg';\nexport const used = pg;",
    "import type { Pool } from 'pg';\nexport type Used = Pool;",
    "import { DataSource } from 'typeorm';\nexport const used = DataSource;",
    "import { EntityManager } from 'typeorm/entity-manager/EntityManager.js';\nexport const used = EntityManager;",
    "export const later = () => import('pg');",
    "import { createRequire } from 'node:module';\nexport const used = createRequire(import.meta.url)('pg');",
    "export { Pool } from 'pg';",
      "export const rows = (session: { query(sql: string): void }) => session.query('SELECT 1 FROM school');",
    'export const rows = (session: { query(sql: string): void }, table: string) => session.query(`\n    DELETE FROM ${table}`);',
    "export const sql = 'INSERT INTO school VALUES ($1)';",
    "export const sql = 'UPDATE school SET name = $1';",
    "export const sql = 'CREATE TABLE school ()';",
    ['libs/event-store/src/in-memory/planted.ts', "import pg from 'pg';\nexport const used = pg;"],
    ['libs/event-bus/src/kafka/planted-sql.ts', "import pg from 'pg';\nexport const used = pg;"],
  ],
  'cairn/engines-in-their-adapters': [
    "import { Kafka } from 'kafkajs';\nexport const used = Kafka;",
    "import { EventStoreDBClient } from '@eventstore/db-client';\nexport const used = EventStoreDBClient;",
    "export const later = () => import('kafkajs');",
    "export const later = () => import('kafkajs/src/cluster/index.js');",
    "import { createRequire } from 'node:module';\nexport const used = createRequire(import.meta.url)('kafkajs/src/cluster');",
    ['libs/event-store/src/postgres/planted.ts', "import { Kafka } from 'kafkajs';\nexport const used = Kafka;"],
    ['libs/event-bus/src/postgres/planted.spec.ts', "import { Kafka } from 'kafkajs';\nexport const used = Kafka;"],
  ],
  'cairn/no-export-all': ["export * from './index.js';", "export * as all from './index.js';", "export type * from './index.js';"],
  'cairn/no-in-memory-facts': [
    "import { EventBus } from '@nestjs/cqrs';\nexport const used = EventBus;",
    "import type { EventBus } from '@nestjs/cqrs';\nexport type Used = EventBus;",
    "import { Saga as Reaction } from '@nestjs/cqrs';\nexport const used = Reaction;",
    "import { EventsHandler } from '@nestjs/cqrs';\nexport const used = EventsHandler;",
    "import { AggregateRoot } from '@nestjs/cqrs';\nexport const used = AggregateRoot;",
    "import * as cqrs from '@nestjs/cqrs';\nexport const used = cqrs;",
    "export { EventPublisher } from '@nestjs/cqrs';",
    "export const later = () => import('@nestjs/cqrs');",
  ],
  'cairn/no-focused-or-skipped-tests': [
    "test.only('one', () => undefined);",
    "test.skip('one', () => undefined);",
    "test['skip']('one', () => undefined);",
    "test.todo('one');",
    "test.failing('one', () => undefined);",
    "it.only.each([1])('one', () => undefined);",
    "test.concurrent.skip('one', () => undefined);",
    "describe.skip('one', () => undefined);",
    "describe.only('one', () => undefined);",
    "xit('one', () => undefined);",
    "fdescribe('one', () => undefined);",
  ].map((code, index) => [`services/directory/src/partial-${index}.spec.ts`, code] as const),
  '@typescript-eslint/no-explicit-any': ['export const parse = (text: any) => text;', 'export const parse = (text: unknown) => text as any;'],
  '@typescript-eslint/consistent-type-imports': ["import { Json } from './json.js';\nexport type Used = Json;"],
  '@typescript-eslint/no-unused-vars': ['const unused = 1;\nexport const used = 2;'],
  'no-restricted-imports': [
    "import { AsyncLocalStorage } from 'node:async_hooks';\nexport const used = AsyncLocalStorage;",
    "import hooks from 'async_hooks';\nexport const used = hooks;",
  ],
  eqeqeq: ['export const same = (a: number, b: number) => a == b;'],
};

/** An inline directive switches nothing off: the rule still finds the line, and ESLint says that the directive is void. */
export const plantedDirective: Planted = {
  file: 'services/directory/src/planted-directive.ts',
  code: '// eslint-disable-next-line eqeqeq\nexport const same = (a: number, b: number) => a == b;',
  rule: 'eqeqeq',
};

const clean: readonly Snippet[] = [
  domain('return new Date(command.at);'),
  domain("return DateTime.utc(2024, 8, 1).plus({ days: 1 });"),
  'export const decidedAt = async () => {\n  await Promise.resolve();\n  throw new Error(String(Date.now()));\n};',
  "export const sentence = 'Select a school';",
  "import { Command, CommandBus, QueryBus } from '@nestjs/cqrs';\nexport const used = [Command, CommandBus, QueryBus];",
  'export const missing = (value: string | null | undefined) => value == null;',
  "export { place } from './index.js';",
  ['services/reporting/src/read/planted.ts', "import { DataSource } from 'typeorm';\nexport const sql = 'SELECT 1 FROM school';\nexport const used = DataSource;"],
  ['services/reporting/src/adoption/planted.read.ts', "import { DataSource } from 'typeorm';\nexport const used = DataSource;"],
  ['libs/event-store/src/postgres/planted-adapter.ts', "import pg from 'pg';\nexport const used = pg;"],
  ['libs/event-bus/src/kafka/planted-adapter.ts', "import { Kafka } from 'kafkajs';\nexport const used = Kafka;"],
  ['libs/event-store/src/eventstoredb/planted.ts', "import { EventStoreDBClient } from '@eventstore/db-client';\nexport const used = EventStoreDBClient;"],
  ['services/directory/src/whole.spec.ts', "test.each([1])('one', () => undefined);\ndescribe('all', () => undefined);\nconst only = { skip: 1 };\nexport const used = only.skip;"],
  [
    'services/directory/src/injected.ts',
    "import { Injectable } from '@nestjs/common';\nimport { Place } from './place.js';\n@Injectable()\nexport class Injected {\n  constructor(readonly place: Place) {}\n}",
  ],
];

const inPlace = (snippet: Snippet, file: string, rule: string | undefined): Planted =>
  typeof snippet === 'string' ? { file, code: snippet, rule } : { file: snippet[0], code: snippet[1], rule };

export const plantedRules: readonly Planted[] = [
  ...Object.entries(violations).flatMap(([rule, snippets]) =>
    snippets.map((snippet, index) => inPlace(snippet, `services/directory/src/planted/${rule.replaceAll(/[@/]/g, '-')}-${index}.ts`, rule)),
  ),
  ...clean.map((snippet, index) => inPlace(snippet, `services/directory/src/planted/clean-${index}.ts`, undefined)),
];
