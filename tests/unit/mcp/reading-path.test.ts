import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const [, section = ''] = readFileSync('README.md', 'utf8').split('## Read the core in this order');
const files = [...section.matchAll(/^\| `([\w./-]+)` +\|/gm)].slice(0, 15).map(([, file = '']) => file);

test('the core that the README lists can be read in one sitting', () => {
  const lines = files.map((file) => readFileSync(file, 'utf8').split('\n').length - 1);
  expect(files.length).toBeGreaterThanOrEqual(10);
  expect(files).toContain('lib/mcp/endpoint.ts');
  expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(2_000);
});

test('only one file imports the fast path', () => {
  const importing = globSync('{app,components,features,lib}/**/*.{ts,tsx}')
    .filter((file) => !file.startsWith('lib/mcp/fast-path/'))
    .filter((file) => /from '[^']*fast-path/.test(readFileSync(file, 'utf8')));
  expect(importing).toEqual(['lib/mcp/server.ts']);
});
