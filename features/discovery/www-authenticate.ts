/** One challenge of a `WWW-Authenticate` field: a scheme with parameters or with a token68. */
export type Challenge = {
  /** As sent; case-insensitive (RFC 9110 section 11.1). */
  scheme: string;
  /** By lower-case name; of repeated ones the first. */
  parameters: Readonly<Record<string, string>>;
  token68?: string;
};

const TOKEN = /[!#$%&'*+\-.^_`|~\w]+/y;
const TOKEN68 = /[A-Za-z0-9\-._~+/]+=*(?=\s*(?:,|$))/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/sy;
const SPACE = /[ \t]*/y;
const COMMAS = /[ \t,]*/y;

/** Reads a field value from left to right; `take` advances only when the pattern matches at the current position. */
class Reader {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    return match;
  }

  takeText(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  attempt<T>(read: () => T | undefined): T | undefined {
    const start = this.#at;
    const result = read();
    if (result === undefined) this.#at = start;
    return result;
  }
}

function readParameter(reader: Reader): [string, string] | undefined {
  return reader.attempt(() => {
    const name = reader.take(TOKEN)?.[0];
    if (name === undefined) return undefined;
    reader.take(SPACE);
    if (!reader.takeText('=')) return undefined;
    reader.take(SPACE);
    const quoted = reader.take(QUOTED);
    if (quoted) return [name.toLowerCase(), (quoted[1] ?? '').replace(/\\(.)/gs, '$1')];
    const bare = reader.take(TOKEN)?.[0];
    return bare === undefined ? undefined : [name.toLowerCase(), bare];
  });
}

/**
 * Parses `www-authenticate` (RFC 9110 section 11.6.1), also with several challenges in one value. Stops at the first
 * syntax error and returns the challenges before it.
 *
 * @example
 * bearerChallenge(parseChallenges('Bearer scope="openid"'))?.parameters.scope // 'openid'
 *
 * @param value - the field value, or several joined with commas as `Headers.get` does
 */
export function parseChallenges(value: string | null): Challenge[] {
  const reader = new Reader(value ?? '');
  const challenges: Challenge[] = [];
  reader.take(COMMAS);
  while (!reader.done) {
    const scheme = reader.take(TOKEN)?.[0];
    if (scheme === undefined) break;
    const parameters: Record<string, string> = Object.create(null);
    const challenge: { scheme: string; parameters: Record<string, string>; token68?: string } = {
      scheme,
      parameters,
    };
    challenges.push(challenge);
    if (reader.take(SPACE)?.[0] === '') {
      reader.take(COMMAS);
      continue;
    }
    const first = readParameter(reader);
    let separated = true;
    if (first === undefined) {
      const token68 = reader.take(TOKEN68)?.[0];
      if (token68 !== undefined) challenge.token68 = token68;
      separated = reader.take(COMMAS)?.[0] !== '';
    }
    for (let next = first; next !== undefined && separated; next = readParameter(reader)) {
      parameters[next[0]] ??= next[1];
      separated = reader.take(COMMAS)?.[0] !== '';
    }
    if (!separated) break;
  }
  return challenges;
}

/** The first `Bearer` challenge; the scheme is case-insensitive. */
export function bearerChallenge(challenges: readonly Challenge[]): Challenge | undefined {
  return challenges.find(({ scheme }) => scheme.toLowerCase() === 'bearer');
}
