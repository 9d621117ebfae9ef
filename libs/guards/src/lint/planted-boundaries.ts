import type { Planted } from './planted.js';

const rule = '@nx/enforce-module-boundaries';

/** `[file, code]`: one violation of a boundary each. */
const violations: readonly (readonly [file: string, code: string])[] = [
  ['services/scaling-plan/src/service-to-service.ts', "import '@cairn/reporting';"],
  ['services/reporting/src/service-to-service-by-type.ts', "import type { place } from '@cairn/directory';\nexport type Place = typeof place;"],
  ['services/directory/src/service-to-service-later.ts', "export const later = () => import('@cairn/scaling-plan');"],
  ['services/admin/src/service-to-service-by-name.ts', "export { place } from '@cairn/reporting';"],
  ['services/admin/src/service-to-infra.ts', "import '@cairn/local';"],
  ['services/directory/src/service-to-service-by-path.ts', "import '../../reporting/src/index.js';"],
  ['services/scaling-plan/src/service-to-tooling.ts', "import '../../../libs/guards/src/index.js';"],
  ['libs/service-kit/src/platform-to-service.ts', "import '@cairn/directory';"],
  ['libs/event-store/src/platform-to-infra.ts', "import '@cairn/local';"],
  ['libs/event-bus/src/platform-to-service-by-path.ts', "import '../../../services/admin/src/index.js';"],
  ['libs/contracts/src/contracts-to-kernel.ts', "import '@cairn/decider';"],
  ['libs/contracts/src/contracts-to-platform.ts', "import '@cairn/event-store';"],
  ['libs/contracts/src/contracts-to-nest.ts', "import '@nestjs/common';"],
  ['libs/decider/src/kernel-to-contracts.ts', "import '@cairn/contracts';"],
  ['libs/decider/src/kernel-to-platform.ts', "import '@cairn/event-store';"],
  ['libs/decider/src/kernel-to-nest.ts', "import { Injectable } from '@nestjs/common';\nexport const used = Injectable;"],
  ['libs/decider/src/testing/kernel-to-nest-cqrs.ts', "import '@nestjs/cqrs';"],
  ['libs/decider/src/testing/kernel-to-driver.ts', "import 'pg';"],
  ['libs/decider/src/testing/kernel-to-typeorm.ts', "import 'typeorm';"],
  ['services/admin/web/src/web-to-platform.tsx', "import '@cairn/service-kit';"],
  ['services/admin/web/src/web-to-service.tsx', "import '@cairn/admin';"],
  ['infra/local/src/infra-to-web.ts', "import '../../../services/admin/web/src/index.js';"],
  ['libs/guards/src/tooling-to-service.ts', "import '@cairn/admin';"],
  ['libs/untagged/src/untagged.ts', "import '@cairn/contracts';"],
];

const clean: readonly (readonly [file: string, code: string])[] = [
  ['services/scaling-plan/src/clean.ts', "import '@cairn/contracts';\nimport '@cairn/decider';\nimport '@cairn/service-kit';\nimport '@nestjs/common';"],
  ['libs/service-kit/src/clean.ts', "import '@cairn/contracts';\nimport '@cairn/decider';\nimport '@cairn/event-store';"],
  ['libs/decider/src/clean.ts', "import './index.js';\nimport 'node:assert';"],
  ['services/admin/web/src/clean.tsx', "import '@cairn/contracts';\nimport 'react';"],
  ['infra/local/src/clean.ts', "import '@cairn/scaling-plan';\nimport '@cairn/embedded-postgres';\nimport '@cairn/contracts';"],
  ['libs/guards/src/clean.ts', "import '@cairn/event-store';"],
];

/** A project that says nothing of its layer. */
export const untaggedProject = ['libs/untagged/package.json', '{ "name": "@cairn/untagged", "version": "0.1.0", "type": "module" }'] as const;

export const plantedBoundaries: readonly Planted[] = [
  ...violations.map(([file, code]) => ({ file, code, rule })),
  ...clean.map(([file, code]) => ({ file, code, rule: undefined })),
];
