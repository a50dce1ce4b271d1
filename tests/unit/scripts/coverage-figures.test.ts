import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { coverageFigures } from '#scripts/coverage-figures.ts';

const directory = mkdtempSync(join(tmpdir(), 'coverage-figures-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Writes the report of a runner: files by their path, each with the outcomes of its tests. */
function reportOf(name: string, files: Record<string, { status: string; meta?: object }[]>): string {
  const file = join(directory, name);
  const testResults = Object.entries(files).map(([path, assertionResults]) => ({
    name: join(directory, path),
    status: 'passed',
    assertionResults,
  }));
  writeFileSync(file, JSON.stringify({ testResults }));
  return file;
}

const passed = { status: 'passed' };

test('attacks and faults are counted by file, in order, from what passed', () => {
  const security = reportOf('security.json', {
    'tests/security/tokens.test.ts': [passed, passed, { status: 'failed' }, { status: 'skipped' }],
    'tests/security/client/addresses.test.ts': [passed],
  });
  const integration = reportOf('integration.json', {
    'tests/integration/faults/database.test.ts': [passed, passed],
    'tests/integration/flows.test.ts': [passed],
  });
  expect(coverageFigures([integration, security], directory)).toEqual([
    'attacks: 3',
    '  client/addresses 1',
    '  tokens 2',
    'faults: 2',
    '  database 2',
  ]);
});

test('what properties generated is added up beside the tests', () => {
  const security = reportOf('fuzz.json', {
    'tests/security/bodies.test.ts': [passed, { ...passed, meta: { generated: 250 } }],
    'tests/security/tokens.test.ts': [{ ...passed, meta: { generated: 3000 } }],
  });
  expect(coverageFigures([security], directory)).toEqual([
    'attacks: 3, and 3250 generated inputs',
    '  bodies 2, and 250 generated inputs',
    '  tokens 1, and 3000 generated inputs',
  ]);
});

test('a run without them claims nothing, and neither does a folder with a name that only begins the same', () => {
  const unit = reportOf('unit.json', {
    'tests/unit/text.test.ts': [passed],
    'tests/security-notes/x.test.ts': [passed],
    'tests/security/broken.test.ts': [],
  });
  expect(coverageFigures([unit], directory)).toEqual([]);
  expect(coverageFigures([], directory)).toEqual([]);
});
