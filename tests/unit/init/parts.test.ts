import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PAGES } from '#lib/config/pages.ts';
import { markedFeatures } from '#scripts/init/markdown.ts';
import { isPart, partNames, parts, pathsOf } from '#scripts/init/parts.ts';
import { filesAt, readTree } from '#scripts/init/tree.ts';

const tree = readTree('.');
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

test('every folder in features is a part that can be removed', () => {
  const folders = globSync('features/*').map((path) => path.replace(/^features\W/, ''));
  expect(folders.length).toBeGreaterThan(5);
  expect(folders.filter((name) => !isPart(name) || parts[name].kind !== 'feature')).toEqual([]);
});

test('every folder of tests of a feature is named after a part', () => {
  const folders = globSync('tests/*/features/*').map((path) => path.replace(/^.*features\W/, ''));
  expect(folders.filter((name) => !isPart(name))).toEqual([]);
});

describe.each(partNames)('the part %s', (name) => {
  const { paths, pages = [], scripts = [], edits = [], needs = [] } = parts[name];

  test('names files, scripts and packages that exist', () => {
    expect(paths.filter((path) => filesAt(tree, [path]).length === 0)).toEqual([]);
    expect(scripts.filter((script) => !(script in manifest.scripts))).toEqual([]);
    expect(pages.filter((path) => !PAGES.some((page) => page.path === path))).toEqual([]);
    expect(needs.filter((need) => !isPart(need))).toEqual([]);
  });

  test('has at least one file, and edits that match', () => {
    expect(filesAt(tree, pathsOf(name)).length).toBeGreaterThan(0);
    for (const { file, remove } of edits) expect(tree.get(file), file).toMatch(remove);
  });
});

test('every marker in a document names a part, and every block ends', () => {
  for (const [path, text] of tree) {
    if (text === null || !path.endsWith('.md')) continue;
    expect(
      markedFeatures(text).filter((name) => !isPart(name)),
      path,
    ).toEqual([]);
    const opened = text.split('\n').filter((line) => /^<!-- (?:feature: .*|project) -->$/.test(line)).length;
    const closed = text.split('\n').filter((line) => /^<!-- \/(?:feature|project) -->$/.test(line)).length;
    expect(closed, path).toBe(opened);
  }
});
