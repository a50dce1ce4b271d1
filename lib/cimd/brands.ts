import { domainToUnicode } from 'node:url';
import list from './brands.json' with { type: 'json' };

/** Letters and digits that look like a Latin letter, except those that Unicode decomposes. */
const CONFUSABLE: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    a: 'аαɑᴀ4@',
    b: 'вьβʙ8',
    c: 'сϲᴄ¢',
    d: 'ԁɗᴅ',
    e: 'еёєεᴇ3',
    f: 'ƒғ',
    g: 'ɡցɢ9',
    h: 'һнʜ',
    i: 'іιıɩ1!|ӏⅼlɪ',
    j: 'јϳᴊ',
    k: 'кκᴋ',
    m: 'мᴍ',
    n: 'пηոɴ',
    o: 'оοσօᴏ0ø',
    p: 'рρᴘ',
    q: 'ԛզ',
    r: 'гʀ',
    s: 'ѕꜱ5$',
    t: 'тτᴛ7',
    u: 'υսᴜ',
    v: 'ѵνᴠ',
    w: 'ѡωԝᴡ',
    x: 'хχ×',
    y: 'уүγʏ',
    z: 'ᴢ2',
  }).flatMap(([latin, alike]) => [...alike].map((letter) => [letter, latin] as const)),
);

/** The words of `text`, lower case, with accents, other alphabets, digits and `rn` for `m` folded. `MyApp` is two words. */
function fold(text: string): string {
  const spaced = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/(\p{Ll})(?=\p{Lu})/gu, '$1 ');
  const latin = [...spaced.toLowerCase()].map((letter) => CONFUSABLE[letter] ?? letter).join('');
  const plain = latin.replaceAll('rn', 'm').replaceAll('vv', 'w');
  return plain.split(/[^\p{L}\p{N}]+/u).join(' ');
}

/** Words that look-alike hosts join to a name without a border. */
const JOINED = 'get try use my the login signin auth app apps code desktop chat mcp official secure support';
const AFFIX = `(?:${fold(JOINED).replaceAll(' ', '|')})?`;

/** Matches the words as words of their own, with spaces in them ("Z e d", "Chat GPT"), not inside other words. */
function named(words: readonly string[]): RegExp {
  const spaced = words.map((word) => [...fold(word)].join(' ?'));
  return new RegExp(`(?:^| )${AFFIX}(?:${spaced.join('|')})${AFFIX}(?: |$)`);
}

/** Well-known clients, with the domains of the vendor, the best known first. The list has its date and its sources. */
const KNOWN = list.brands.map((brand) => ({ ...brand, named: named(brand.words) }));

/** Domains of vendors under which anyone may publish. */
const HOSTING = /\.(?:github\.io|github\.dev|notion\.site)$/;

/**
 * Explains why a client's claimed name or host resembles a well-known client although the host belongs to no vendor in
 * the list. CIMD proves the host, not the name (CIMD -02 section 8.5).
 *
 * @param name - sanitized `client_name`
 * @param host - host of the client ID, as in `URL.hostname`
 * @returns a sentence, or undefined when nothing resembles one
 */
export function lookAlike(name: string, host: string): string | undefined {
  const belongsTo = (domain: string) => host === domain || host.endsWith(`.${domain}`);
  if (KNOWN.some(({ domains }) => domains.some(belongsTo))) return undefined;
  const foldedName = fold(name);
  const foldedHost = fold(domainToUnicode(host).replace(HOSTING, ''));
  for (const { name: brand, vendor, named, domains } of KNOWN) {
    if (named.test(foldedName))
      return `This app uses the name “${brand}” but is not from ${vendor} (${domains[0]}).`;
    if (named.test(foldedHost))
      return `The host ${host} resembles “${brand}” but does not belong to ${vendor} (${domains[0]}).`;
  }
  return undefined;
}
