import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanLines, escapeInvisible, sanitize } from '#lib/text/sanitize.ts';

const codePoint = (value: number) => String.fromCodePoint(value);

describe('untrusted text', () => {
  test('keeps letters, marks, punctuation and emoji of any script', () => {
    for (const text of [
      'Claude Code',
      'Größe & Maß',
      'क्लाइंट',
      '日本語クライアント',
      'Tom’s “tool” <b>',
      '🚀 Rocket',
    ])
      expect(sanitize(text)).toBe(text);
  });

  test.each([
    ['controls', 'a\u0000b\u001b[31mc\u007f\u0085d', 'ab[31mcd'],
    ['bidi controls', 'abc\u202egnp.exe\u2066x\u2069\u061c', 'abcgnp.exex'],
    ['zero-width characters', 'Cl\u200bau\u200cd\u200de\ufeff\u2060', 'Claude'],
    ['tag characters and variation selectors', `Zed${codePoint(0xe0041)}${codePoint(0xe007f)}\ufe0f`, 'Zed'],
    ['fillers that show as nothing', '\u3164\u115fCursor\uffa0\u2800\u00ad', 'Cursor'],
    ['lone surrogates and private use', 'a\ud800b\ue000c', 'abc'],
    ['white space of every kind', ' a\t\n\r\u00a0\u2003\u2028\u2029\u3000b ', 'a b'],
    ['what would leave two spaces', 'a \u200b b', 'a b'],
  ])('is sanitized of %s', (_what, text, clean) => expect(sanitize(text)).toBe(clean));

  test('loses combining marks that would cover other lines', () => {
    expect([...sanitize(`Z${'\u0301'.repeat(50)}algo`)].length).toBe(8);
  });

  test('of several lines keeps them and its words apart', () => {
    expect(cleanLines('a\r\n\tb\u2028c\u202ed\u200be\u0000')).toBe('a\n\tb cde');
  });

  test('is truncated with an ellipsis', () => {
    expect(sanitize('x'.repeat(200))).toBe('x'.repeat(200));
    expect(sanitize('x'.repeat(10_000))).toBe(`${'x'.repeat(199)}…`);
    expect([...sanitize('🚀'.repeat(300), 10)].length).toBe(10);
    expect(sanitize(`ok${'\u200b'.repeat(100_000)}`)).toBe('ok…');
  });

  test('is the empty string when it is not text', () => {
    for (const value of [undefined, null, 1, {}, ['a'], true]) expect(sanitize(value)).toBe('');
  });

  test('never contains an invisible character, and sanitizing again changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const clean = sanitize(text, 50);
        return (
          clean === sanitize(clean, 50) &&
          [...clean].length <= 50 &&
          !/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(clean)
        );
      }),
      { numRuns: 3000 },
    );
  });
});

describe('JSON for display', () => {
  test('contains nothing invisible and parses to the same value', () => {
    const value = { name: 'a\u202eb\u200b\ufeff', tag: codePoint(0xe0041), lines: 'x\ny', plain: 'Größe 🚀' };
    const shown = escapeInvisible(value);
    expect(JSON.parse(shown)).toEqual(value);
    expect(shown).toContain('"a\\u202eb\\u200b\\ufeff"');
    expect(shown).toContain('\\udb40\\udc41');
    expect(shown).toContain('Größe 🚀');
    expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});
