/**
 * What a client says about itself, fit to be shown: no control, bidirectional or invisible characters, white
 * space collapsed, cut. Escaping is the template's.
 *
 * @param maxLength - characters
 */
export function clientText(value: unknown, maxLength = 60): string {
  if (typeof value !== 'string') return '';
  const visible = value
    .slice(0, 10_000)
    .normalize('NFC')
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\u115f\u1160\u3164\uffa0\u2800]/gu, '')
    .trim();
  const characters = Array.from(visible);
  return characters.length <= maxLength ? visible : `${characters.slice(0, maxLength - 1).join('')}…`;
}
