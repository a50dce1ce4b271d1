/**
 * Invisible characters that change how text looks: controls, bidi and zero-width characters, fillers, and line and
 * paragraph separators.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** More combining marks on one letter than any script needs; many of them cover the lines around it. */
const MARK_PILE = /(\p{M}{3})\p{M}+/gu;

/** Words of printable ASCII with single spaces between, as nearly every name and method: nothing to remove. */
const PLAIN = /^(?:[!-~]+(?: [!-~]+)*)?$/;

/**
 * Sanitizes untrusted text for storage and display: removes invisible characters, collapses white space to single
 * spaces, and truncates to `maxLength` characters (the last one is then `…`). Anything but a string becomes the empty
 * string. It does not escape; escape the text for the place that shows it.
 *
 * @param maxLength - in code points
 */
export function sanitize(value: unknown, maxLength = 200): string {
  if (typeof value !== 'string') return '';
  if (value.length <= maxLength && PLAIN.test(value)) return value;
  // Four times the length leaves room for removed characters, and bounds the work on a text of megabytes.
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

/**
 * Removes invisible characters from text of several lines; unlike {@link sanitize} it keeps lines and indentation. Those
 * that separate words become spaces.
 */
export function cleanLines(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(INVISIBLE, (character) => {
    if (character === '\n' || character === '\t') return character;
    return /\s/.test(character) ? ' ' : '';
  });
}

/**
 * Formats a JSON value as indented text in which invisible characters are `\u` escapes, so that the text is still the
 * same JSON.
 *
 * @param options.indent - spaces of a level; 0 for one line
 * @param options.escapeWith - escapes a character where the text is a literal of another language
 */
export function escapeInvisible(value: unknown, { indent = 2, escapeWith = escaped } = {}): string {
  return JSON.stringify(value, null, indent)
    .split('\n')
    .map((line) => line.replace(INVISIBLE, escapeWith))
    .join('\n');
}

/** JSON escapes of the UTF-16 code units of a character. */
const escaped = (character: string) =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
