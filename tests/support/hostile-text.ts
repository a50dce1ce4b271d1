import { expect } from 'vitest';

/** Would leave an element of class `pwned` behind, and set `window.pwned`, if anything took it for markup. */
export const MARKUP =
  '</script><script class="pwned">window.pwned=1</script><img class="pwned" src="/pwned" onerror="window.pwned=1">';

/** Turns letters round, hides letters, moves a terminal's cursor: none of it is seen. */
export const HIDDEN = 'a\u202eb\u2066c\u200bd\u200ee\u0000f\u001b[2Jg\ufeffh\u{e0041}i\u3164j\u2028k';

/** What is left of {@link HIDDEN}. */
export const LEFT_OF_HIDDEN = 'abcdef[2Jg hij k';

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Invisible characters in a text that may have lines and indentation, as `U+202E`, each once. */
export function invisibleIn(text: string): string[] {
  const found = text.replaceAll(/[\n\r\t]/g, '').match(INVISIBLE) ?? [];
  return [...new Set(found)].map((letter) => `U+${letter.codePointAt(0)?.toString(16).toUpperCase()}`);
}

/**
 * Fails unless the HTML of a page is free of what hostile text would leave in it: elements, invisible characters, links
 * that are not https or our own, pictures from anywhere else.
 */
export function expectHarmlessPage(html: string, origin: string): void {
  expect(html).not.toMatch(/<[^>]*class="?pwned/);
  expect(invisibleIn(html)).toEqual([]);
  const own = (url: string) => new URL(url.replaceAll('&amp;', '&'), origin).origin === origin;
  for (const [, url = ''] of html.matchAll(/<a [^>]*?href="([^"]*)"/g))
    expect(own(url) || url.startsWith('https:'), url).toBe(true);
  for (const [, url = ''] of html.matchAll(
    /<(?:img|script|iframe|form|source)[^>]*?(?:src|action)="([^"]*)"/g,
  ))
    expect(own(url), url).toBe(true);
}
