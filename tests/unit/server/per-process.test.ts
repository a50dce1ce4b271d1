import { expect, test } from 'vitest';
import { perProcess } from '#lib/server/per-process.ts';

test('one value is shared by every reader of a name, as by the copies of a module in several bundles', () => {
  const first = perProcess('test-shared', () => ({ made: 'first' }));
  const second = perProcess('test-shared', () => ({ made: 'second' }));
  expect(second()).toEqual({ made: 'second' });
  expect(first()).toBe(second());
});

test('the value is made at the first use, once', () => {
  let made = 0;
  const value = perProcess('test-lazy', () => {
    made += 1;
    return made;
  });
  expect(made).toBe(0);
  expect([value(), value()]).toEqual([1, 1]);
});
