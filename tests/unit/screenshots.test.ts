import { globSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DIRECTORY, fileOf, PICTURES, THEMES } from '#scripts/screenshots/shots.ts';

/** What all of them may weigh in a clone, in bytes. */
const MOST = 600 * 1024;

type Shown = { light: string; dark: string; width: number; alt: string };

/** The pictures that a document shows, with their paths from the root of the repository. */
function shownBy(path: string): Shown[] {
  const fromRoot = (file = '') => posix.join(dirname(path).replaceAll('\\', '/'), file);
  return [...readFileSync(path, 'utf8').matchAll(/<picture>(.*?)<\/picture>/gs)].map(([, html = '']) => ({
    dark: fromRoot(/<source media="\(prefers-color-scheme: dark\)" srcset="([^"]+)">/.exec(html)?.[1]),
    light: fromRoot(/<img[^>]* src="([^"]+)"/.exec(html)?.[1]),
    width: Number(/<img[^>]* width="(\d+)"/.exec(html)?.[1]),
    alt: /<img[^>]* alt="([^"]*)"/.exec(html)?.[1] ?? '',
  }));
}

/** Width and height in pixels of a WebP in the extended format, which Chromium writes (RFC 9649 section 2.7). */
function sizeOf(file: string): { width: number; height: number } {
  const bytes = readFileSync(file);
  expect(bytes.toString('latin1', 0, 4) + bytes.toString('latin1', 8, 16), file).toBe('RIFFWEBPVP8X');
  return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
}

const shown = globSync(['*.md', 'docs/**/*.md']).flatMap(shownBy);

describe('the screenshots', () => {
  test('are shown in both themes, with a text for who does not see them', () => {
    expect(shown.length).toBeGreaterThan(2);
    for (const { light, dark, alt } of shown) {
      expect(dark).toBe(light.replace(/-light\.webp$/, '-dark.webp'));
      expect(alt.length, light).toBeGreaterThan(60);
    }
  });

  test('are exactly those that a document shows', () => {
    const files = globSync(`${DIRECTORY}/**/*`).map((file) => file.replaceAll('\\', '/'));
    expect(files.toSorted()).toEqual([...new Set(shown.flatMap(({ light, dark }) => [light, dark]))].sort());
    const taken = PICTURES.flatMap(({ name }) => THEMES.map((theme) => fileOf(name, theme)));
    expect(files.toSorted()).toEqual(taken.toSorted());
  });

  test.each(PICTURES)('$name has the size that it is taken and shown at', ({ name, width, height }) => {
    for (const theme of THEMES) expect(sizeOf(fileOf(name, theme))).toEqual({ width, height });
    const uses = shown.filter(({ light }) => basename(light) === `${name}-light.webp`);
    expect(uses.map((use) => use.width)).toEqual(uses.map(() => width));
  });

  test('are light', () => {
    const bytes = globSync(`${DIRECTORY}/*`).reduce((sum, file) => sum + statSync(file).size, 0);
    expect(bytes).toBeLessThan(MOST);
  });

  test('are in no image', () => {
    expect(readFileSync('.dockerignore', 'utf8').split('\n')).toContain(DIRECTORY);
  });
});
