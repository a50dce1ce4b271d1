import { expect, test } from 'vitest';
import { bySeverity, hasError } from '#lib/checks/finding.ts';
import { applyRules, type Check, failed, passed, type Rule, warning } from '#lib/checks/rule.ts';

const CHECK = {
  id: 'even',
  title: 'Parity',
  failed: 'The number is odd or zero',
  fix: 'Add one.',
  reference: { name: 'Elements, book VII' },
} satisfies Check;

const even: Rule<number> = (number) => {
  if (number === 0) return warning(CHECK, '0');
  return number % 2 === 0 ? passed(CHECK, String(number)) : failed(CHECK, String(number));
};
const large: Rule<number> = (number) =>
  number > 9 ? [passed(CHECK, 'large'), failed(CHECK, 'large')] : undefined;

test('rules give their findings in order, and a rule that does not apply gives none', () => {
  expect(applyRules([even, large], 2)).toHaveLength(1);
  expect(applyRules([large, even], 10).map(({ observed }) => observed)).toEqual(['large', 'large', '10']);
});

test('a check that did not pass has its own title and a fix', () => {
  expect(applyRules([even], 2)).toMatchObject([{ severity: 'passed', title: CHECK.title }]);
  expect(applyRules([even], 2)[0]).not.toHaveProperty('fix');
  expect(applyRules([even], 0)).toMatchObject([
    { severity: 'warning', title: CHECK.failed, fix: 'Add one.' },
  ]);
  expect(applyRules([even], 3)).toMatchObject([{ severity: 'error', title: CHECK.failed, fix: 'Add one.' }]);
});

test('what was observed is sanitized and shortened', () => {
  expect(failed(CHECK, `a\u202eb${'x'.repeat(1000)}`).observed).toMatch(/^abx{297}…$/);
});

test('findings are sorted by severity, and order within a severity stays', () => {
  const findings = [passed(CHECK, 'a'), failed(CHECK, 'b'), warning(CHECK, 'c'), failed(CHECK, 'd')];
  expect(bySeverity(findings).map(({ observed }) => observed)).toEqual(['b', 'd', 'c', 'a']);
  expect(hasError(findings)).toBe(true);
  expect(hasError([warning(CHECK, 'c')])).toBe(false);
});
