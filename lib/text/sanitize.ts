/**
 * Everything that changes how text looks without being seen: controls, bidi and zero-width characters, fillers, and the
 * separators that break a line where none was written.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** More combining marks on one letter than any script needs; a pile of them covers the lines around it. */
const MARK_PILE = /(\p{M}{3})\p{M}+/gu;

/** Words of printable ASCII, single spaces between: nothing to remove. Nearly every name and method is this. */
const PLAIN = /^(?:[!-~]+(?: [!-~]+)*)?$/;

/**
 * Makes text that somebody else wrote fit to be kept and shown: invisible characters removed, white space collapsed to
 * single spaces, cut to `maxLength` characters (the last one is then `…`). Anything but a string is the empty string.
 *
 * It does not escape: whoever shows the text still does that for the place where it is shown.
 *
 * @param maxLength - in code points
 */
export function sanitize(value: unknown, maxLength = 200): string {
  if (typeof value !== 'string') return '';
  if (value.length <= maxLength && PLAIN.test(value)) return value;
  // Four times leaves room for what is removed, and bounds the work on a text of megabytes.
  const clean = value
    .slice(0, maxLength * 4 + 256)
    .replace(/\s+/gu, ' ')
    .replace(INVISIBLE, '')
    .replace(MARK_PILE, '$1')
    .replace(/ {2,}/g, ' ')
    .trim();
  const points = [...clean];
  if (points.length <= maxLength && value.length <= maxLength * 4 + 256) return clean;
  return `${points
    .slice(0, Math.max(maxLength - 1, 0))
    .join('')
    .trimEnd()}…`;
}

/** Text of several lines without its invisible characters; unlike {@link sanitize} it keeps lines and indentation. */
export function cleanLines(text: string): string {
  return text.replace(INVISIBLE, (character) => (character === '\n' || character === '\t' ? character : ''));
}

/**
 * A JSON value as indented text in which nothing hides: invisible characters are written as `\u` escapes, so that the
 * text is still the same JSON.
 */
export function escapeInvisible(value: unknown): string {
  return JSON.stringify(value, null, 2)
    .split('\n')
    .map((line) => line.replace(INVISIBLE, escaped))
    .join('\n');
}

/** The JSON escapes of a character's UTF-16 code units. */
const escaped = (character: string) =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
