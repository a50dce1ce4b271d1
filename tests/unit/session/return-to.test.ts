import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeReturnTo } from '#lib/session/return-to.ts';

describe('where sign-in comes back to', () => {
  it.each(['/', '/page', '/page/abc?filter=denied', '/page?url=https%3A%2F%2Fother.example%2Fmcp'])(
    'keeps the page of this site %s',
    (path) => expect(safeReturnTo(path)).toBe(path),
  );

  it.each([
    'https://evil.example/',
    'https:evil.example',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '\t//evil.example',
    '/\u0000/evil.example',
    '/%2f%2fevil.example',
    '/%2fevil.example',
    '/%252fevil.example',
    '/%5cevil.example',
    '/%5Cevil.example',
    '/%09/evil.example',
    '/%0d%0aLocation:%20https://evil.example',
    '/./\\evil.example',
    '/.//evil.example',
    '/a/..//evil.example',
    '/%2e%2e//evil.example',
    '/%E0%A4%A',
    'javascript:alert(1)',
    'data:text/html,x',
    'clients',
    '@evil.example',
    '.evil.example',
    '',
    ' /clients',
    '/page?a=\u0000',
    '/page?a=\\b',
    '/'.padEnd(3000, 'a'),
  ])('goes to the start page for %j', (value) => expect(safeReturnTo(value)).toBe('/'));

  it.each([undefined, null, 7, ['/clients'], {}])(
    'goes to the start page for %j, which is no path',
    (value) => expect(safeReturnTo(value)).toBe('/'),
  );

  it('never leaves the site for any input', () => {
    const piece = fc.constantFrom(
      '/',
      '\\',
      '%2f',
      '%5c',
      '%25',
      '//',
      'evil.example',
      '@',
      ':',
      'http:',
      '\t',
      '.',
      '..',
      '?',
      '#',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const result = safeReturnTo(pieces.join(''));
        expect(new URL(result, 'https://here.example').origin).toBe('https://here.example');
        expect(new URL(decodeURIComponent(result.split('?')[0] ?? ''), 'https://here.example').origin).toBe(
          'https://here.example',
        );
      }),
    );
  });
});
