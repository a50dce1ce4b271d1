import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readGit } from '#scripts/init/repository.ts';
import { readTree, writeTree } from '#scripts/init/tree.ts';
import { temporaryDirectory } from '#tests/support/processes.ts';

const copy = temporaryDirectory('copy-without-git');
afterAll(() => copy.remove());

function write(path: string, text: string): void {
  mkdirSync(dirname(join(copy.path, path)), { recursive: true });
  writeFileSync(join(copy.path, path), text);
}

test('a copy without git has its own files, and neither packages nor secrets', () => {
  for (const path of ['package.json', '.github/workflows/ci.yml', 'app/(site)/page.tsx', '.env.example'])
    write(path, 'mine');
  for (const path of [
    'node_modules/a/index.js',
    '.next/build',
    '.data/x',
    '.env.local',
    '.env',
    'a.tsbuildinfo',
  ])
    write(path, 'not mine');
  expect([...readTree(copy.path).keys()]).toEqual([
    '.env.example',
    '.github/workflows/ci.yml',
    'app/(site)/page.tsx',
    'package.json',
  ]);
  expect(readGit(copy.path)).toBeUndefined();
});

test('writing a tree changes, adds and removes files, and removes folders that are empty then', () => {
  const before = readTree(copy.path);
  const after = new Map(before).set('package.json', 'changed').set('docs/new.md', 'new');
  after.delete('app/(site)/page.tsx');
  expect(writeTree(copy.path, before, after)).toEqual({ written: 2, removed: 1 });
  expect(readFileSync(join(copy.path, 'package.json'), 'utf8')).toBe('changed');
  expect(readFileSync(join(copy.path, 'docs/new.md'), 'utf8')).toBe('new');
  expect(existsSync(join(copy.path, 'app'))).toBe(false);
});
