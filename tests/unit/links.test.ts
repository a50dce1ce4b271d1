import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { route } from '#lib/config/route.ts';

const sources = globSync('{app,components,features,lib}/**/*.{ts,tsx}')
  .filter((path) => path !== 'components/ui/link.tsx')
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }));

/** Every match of `pattern` in the sources that `allowed` does not accept, as `path: match`. */
function found(pattern: RegExp, allowed: (match: string) => boolean = () => false): string[] {
  return sources.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)].filter(([match]) => !allowed(match)).map(([match]) => `${path}: ${match}`),
  );
}

test('a link to a page of this site is a Link, whose href is typed; an <a> is a fragment or has rel', () => {
  const isFragmentOrExternal = (tag: string) => /\bhref=(?:"#|\{`#)/.test(tag) || /\brel="/.test(tag);
  expect(found(/<a\s(?:=>|[^>])*>/g, isFragmentOrExternal)).toEqual([]);
});

test('every other path of this site goes through route(), which is typed', () => {
  expect(found(/\b(?:action|formAction|src)=\{?["'`]\/[^"'`]*/g)).toEqual([]);
  expect(found(/\b(?:fetch|revalidatePath)\(\s*["'`]\/[^"'`]*/g)).toEqual([]);
});

test('a path without a route is a type error, also below a path with a route', () => {
  const paths: string[] = [
    route('/'),
    route('/health/ready'),
    // @ts-expect-error: no route has this path
    route('/no-such-page'),
    // @ts-expect-error: no route has this path
    route('/health/no-such-page'),
  ];
  expect(paths).toHaveLength(4);
});
