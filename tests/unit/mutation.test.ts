import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BREAKS } from '#tests/mutation/breaks.ts';

test('the code of every deliberate break is in its file exactly once, and its tests exist', () => {
  const stale = BREAKS.filter(({ file, from }) => readFileSync(file, 'utf8').split(from).length !== 2);
  expect(stale.map(({ file, what }) => `${file}: ${what}`)).toEqual([]);
  expect(BREAKS.flatMap(({ tests }) => tests).filter((path) => !existsSync(path))).toEqual([]);
});
