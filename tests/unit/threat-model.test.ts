import { existsSync, globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const text = readFileSync('SECURITY.md', 'utf8');
const named = [...text.matchAll(/`((?:lib|tests|docs|app)\/[^`]+|[\w.-]+\.(?:ts|md))`/g)].map(
  ([, path = '']) => path,
);
const rows = text.split('\n').filter((line) => /^\| (?!what|---)/.test(line) && !line.startsWith('|---'));

test('every file that the threat model names exists', () => {
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((path) => !existsSync(path))).toEqual([]);
});

test('every protection names a file that gives it and a test that shows it', () => {
  expect(rows.length).toBeGreaterThan(15);
  for (const row of rows) {
    const [, , , by = '', shown = ''] = row.split('|');
    expect(by, row).toMatch(/`[\w/.-]+\.ts`/);
    expect(shown, row).toMatch(/`tests\/[\w/.-]+\.test\.ts`/);
  }
});

test('the threat model names every test file of attacks', () => {
  const files = globSync('tests/security/**/*.test.ts').map((path) => path.replaceAll('\\', '/'));
  // They test parts of what another file of the same row tests.
  const others = /features\/\w+\/(addresses|browser-session)/;
  expect(files.filter((path) => !others.test(path) && !named.includes(path))).toEqual([]);
});
