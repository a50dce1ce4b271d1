import { globSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DIRECTORY, fileOf, SHOTS, THEMES } from '#scripts/screenshots/shots.ts';

/** Size limit of all screenshots together, in bytes. */
const MAX_BYTES = 600 * 1024;

type Shown = { light: string; dark: string; width: number; alt: string };

/** The screenshots that a document shows, with paths relative to the root of the repository. */
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
  test('have both themes and a text alternative in every document', () => {
    expect(shown.length).toBeGreaterThan(2);
    for (const { light, dark, alt } of shown) {
      expect(dark).toBe(light.replace(/-light\.webp$/, '-dark.webp'));
      expect(alt.length, light).toBeGreaterThan(60);
    }
  });

  test('are exactly the ones that the documents show', () => {
    const files = globSync(`${DIRECTORY}/**/*`).map((file) => file.replaceAll('\\', '/'));
    expect(files.toSorted()).toEqual([...new Set(shown.flatMap(({ light, dark }) => [light, dark]))].sort());
    const taken = SHOTS.flatMap(({ name }) => THEMES.map((theme) => fileOf(name, theme)));
    expect(files.toSorted()).toEqual(taken.toSorted());
  });

  test.each(SHOTS)(
    '$name has the size of its viewport, in the file and in the documents',
    ({ name, width, height }) => {
      for (const theme of THEMES) expect(sizeOf(fileOf(name, theme))).toEqual({ width, height });
      const uses = shown.filter(({ light }) => basename(light) === `${name}-light.webp`);
      expect(uses.map((use) => use.width)).toEqual(uses.map(() => width));
    },
  );

  test('are smaller than 600 KB together', () => {
    const bytes = globSync(`${DIRECTORY}/*`).reduce((sum, file) => sum + statSync(file).size, 0);
    expect(bytes).toBeLessThan(MAX_BYTES);
  });

  test('are not in the container image, except those of the landing page', () => {
    const picture = readFileSync('features/landing/product-picture.tsx', 'utf8');
    const served = [...picture.matchAll(/\/screenshots\/(\w+)-(?:light|dark)\.webp/g)].map(
      ([, name]) => name,
    );
    expect(served).toEqual(['clients', 'clients']);
    const lines = readFileSync('.dockerignore', 'utf8').split('\n');
    expect(lines.filter((line) => line.includes(DIRECTORY))).toEqual([
      `${DIRECTORY}/*`,
      `!${DIRECTORY}/clients-*`,
    ]);
  });
});
