import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('the core that the README lists can be read in one sitting', () => {
  const [, after = ''] = readFileSync('README.md', 'utf8').split('## Read the core in this order');
  const [section = ''] = after.split('\n## ');
  const files = [...section.matchAll(/^\| `([\w./-]+)` +\|/gm)].map(([, file = '']) => file);
  const lines = files.map((file) => readFileSync(file, 'utf8').split('\n').length - 1);
  expect(files).toContain('lib/mcp/endpoint.ts');
  expect(files.length).toBeGreaterThanOrEqual(10);
  expect(files.length).toBeLessThanOrEqual(15);
  expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(2_000);
});
