/** One challenge of a WWW-Authenticate header; parameter names in lower case. */
export type Challenge = { scheme: string; parameters: ReadonlyMap<string, string> };

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const QUOTED = '"(?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\[\\t\\x20-\\x7e])*"';
const SCHEME = new RegExp(`^(${TOKEN})(?: +|$|(?=[ \\t]*,))`);
const PARAMETER = new RegExp(`^(${TOKEN})[ \\t]*=[ \\t]*(${TOKEN}|${QUOTED})`);
const SEPARATOR = /^[ \t]*(?:,[ \t]*)+/;

/**
 * Reads a WWW-Authenticate header by the letter of RFC 9110 section 11.6.1, without the token68 form, which no
 * Bearer challenge has.
 *
 * @throws {SyntaxError} at the first character that the grammar does not allow, or a parameter named twice
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = [];
  let rest = header;
  const take = (pattern: RegExp) => {
    const match = pattern.exec(rest);
    if (match) rest = rest.slice(match[0].length);
    return match;
  };
  take(/^[ \t]+/);
  while (rest !== '') {
    const scheme = take(SCHEME)?.[1];
    if (scheme === undefined) throw new SyntaxError(`no authentication scheme at ${JSON.stringify(rest)}`);
    const parameters = new Map<string, string>();
    for (let match = take(PARAMETER); match; match = take(PARAMETER)) {
      const [, name = '', value = ''] = match;
      if (parameters.has(name.toLowerCase())) throw new SyntaxError(`${name} is there twice`);
      const quoted = value.startsWith('"');
      parameters.set(name.toLowerCase(), quoted ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value);
      if (!take(SEPARATOR)) break;
    }
    take(SEPARATOR);
    take(/^[ \t]+$/);
    if (rest !== '' && !SCHEME.test(rest)) throw new SyntaxError(`no parameter at ${JSON.stringify(rest)}`);
    challenges.push({ scheme, parameters });
  }
  return challenges;
}

/** The Bearer challenge of an answer, if it has one that can be read. */
export function bearerChallenge(header: string | undefined): Challenge | undefined {
  try {
    return parseChallenges(header ?? '').find(({ scheme }) => scheme.toLowerCase() === 'bearer');
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
