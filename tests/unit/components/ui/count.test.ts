import { expect, it } from 'vitest';
import { preferredLocale } from '#components/ui/count.tsx';

it.each([
  ['de-CH,de;q=0.9,en;q=0.8', 'de-CH'],
  ['fr;q=0.9', 'fr'],
  ['*', 'en'],
  ['not a locale!', 'en'],
  ['', 'en'],
  [null, 'en'],
])('the reader who sends Accept-Language %j reads numbers as in %s', (header, locale) => {
  expect(preferredLocale(header)).toBe(locale);
});
