import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { plantedBoundaries, untaggedProject } from './planted-boundaries.js';
import { plantedDirective, plantedRules } from './planted-rules.js';
import { plantedWorkspace } from './planted-workspace.js';
import type { Finding, PlantedWorkspace } from './planted-workspace.js';

let workspace: PlantedWorkspace;
let findings: readonly Finding[];
const planted = [...plantedRules, ...plantedBoundaries];

beforeAll(async () => {
  workspace = await plantedWorkspace([untaggedProject]);
  for (const { file, code } of [...planted, plantedDirective]) await workspace.plant(file, `${code}\n`);
  findings = await workspace.lint();
}, 180_000);

afterAll(() => workspace.remove());

const of = (file: string): readonly Finding[] => findings.filter((finding) => finding.file === file);

describe('lint', () => {
  test('plants every violation in a file of its own', () => {
    expect(new Set(planted.map(({ file }) => file)).size).toBe(planted.length);
  });

  test.each(planted.filter(({ rule }) => rule !== undefined).map(({ file, code, rule }) => ({ file, code, rule })))(
    '$rule goes red in $file',
    ({ file, rule }) => {
      expect(of(file).map((finding) => finding.rule)).toContain(rule);
      expect(new Set(of(file).map((finding) => finding.rule))).toEqual(new Set([rule]));
    },
  );

  test.each(planted.filter(({ rule }) => rule === undefined).map(({ file }) => ({ file })))('finds no fault with $file', ({ file }) => {
    expect(of(file)).toEqual([]);
  });

  test('holds boundaries by layer, not only because a path is relative or the graph circular', () => {
    const byLayer = plantedBoundaries.filter(({ code, rule }) => rule !== undefined && !code.includes('../'));
    const words = /^A project (tagged with "layer:\w+" (can only depend|cannot depend|is not allowed to import)|without tags)/;
    for (const { file } of byLayer) expect(of(file).map(({ message }) => message)).toEqual([expect.stringMatching(words)]);
  });

  test('is not switched off by a comment', () => {
    expect(of(plantedDirective.file).map(({ rule }) => rule)).toContain(plantedDirective.rule);
  });
});

describe('nx run-many -t lint', () => {
  test('goes red when a boundary is crossed', async () => {
    const { code, output } = await workspace.lintProject('@cairn/decider');
    expect(code).not.toBe(0);
    expect(output).toContain('@nx/enforce-module-boundaries');
    expect(output).not.toContain('The rule will be skipped');
  }, 120_000);
});
