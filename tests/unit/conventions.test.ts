import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const sources = globSync('{app,components,dev,features,lib,scripts}/**/*.{ts,tsx}')
  .concat(globSync('*.ts'))
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }));

/** The matches of `pattern` in the sources, as `file: match`. */
const found = (pattern: RegExp) =>
  sources.flatMap(({ path, text }) => [...text.matchAll(pattern)].map(([match]) => `${path}: ${match}`));

test('constants that hold a duration have a unit in their name', () => {
  const durations =
    'AFTER|AGE|COOLDOWN|DEADLINE|DELAY|DURATION|EVERY|INTERVAL|LIFETIME|MARGIN|TICK|TIMEOUT|TTL';
  expect(found(new RegExp(`\\bconst (?:\\w*_)?(?:${durations}) = [\\d(]`, 'g'))).toEqual([]);
});

test('error classes end in Error and set their name', () => {
  const classes = sources.flatMap(({ path, text }) =>
    [...text.matchAll(/class (\w+) extends \w*Error\b/g)].map(([, name = '']) => ({ path, text, name })),
  );
  expect(classes.length).toBeGreaterThan(5);
  const wrong = classes.filter(
    ({ name, text }) => !name.endsWith('Error') || !new RegExp(`\\bname(?:: string)? = '${name}'`).test(text),
  );
  expect(wrong.map(({ path, name }) => `${path}: ${name}`)).toEqual([]);
});

test('header names are written in lower case', () => {
  const name = "'(?:[A-Z][A-Za-z]*-)+[A-Z][A-Za-z]*'";
  expect(found(new RegExp(`${name}:|key: ${name}|\\.(?:append|delete|get|has|set)\\(${name}`, 'g'))).toEqual(
    [],
  );
});
