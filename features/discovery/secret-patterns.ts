/** Longest part of a secret that is searched for, in characters. Text that goes on without a space is part of it. */
const MAX_SEARCHED = 256;
/** What may follow the part of a secret that was found. */
const REST = String.raw`[^\s"'<>&\\]{0,16384}`;

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);

/** Each character of the secret as it is, percent-encoded, as a plus sign of a form, or escaped as in JSON. */
function written(secret: string): string {
  return [...secret]
    .map((character) => {
      const percent = [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`);
      const units = Array.from(
        { length: character.length },
        (_, at) => String.raw`\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
      );
      const short = {
        '"': String.raw`\\"`,
        '\\': String.raw`\\\\`,
        '/': String.raw`\\/`,
        ' ': String.raw`\+`,
      }[character];
      return `(?:${[escaped(character), percent.join(''), units.join(''), ...(short ? [short] : [])].join('|')})`;
    })
    .join('');
}

/**
 * The secret inside of base64 or base64url, with any text before and after it: the digits that only its own bytes decide,
 * for each of the three positions that it may begin at.
 */
function inBase64(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].map((offset) => {
    const digits = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64url');
    const own = digits.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
    return `${own.replaceAll('-', '[-+]').replaceAll('_', '[_/]')}[\\w+/-]{0,16384}={0,2}`;
  });
}

/**
 * Finds a secret in text that another server wrote, in the encodings that servers use: percent, form, JSON, hexadecimal, and
 * base64, also as a part of a longer text (`Basic` of RFC 7617).
 */
export function secretPattern(secret: string): RegExp {
  const searched = secret.slice(0, MAX_SEARCHED);
  const rest = secret.length > MAX_SEARCHED ? REST : '';
  // RFC 6749 section 2.3.1: client_secret_basic encodes the secret as a form does, before base64.
  const form = new URLSearchParams({ _: searched }).toString().slice(2);
  const forms = [written(searched) + rest, `${Buffer.from(searched).toString('hex')}[0-9a-f]{0,16384}`];
  return new RegExp([...forms, ...[...new Set([searched, form])].flatMap(inBase64)].join('|'), 'gi');
}
