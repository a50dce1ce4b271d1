import type { TestIssuer } from '../support/tokens.ts';

/** Signatures that are made at once; the thread pool of Node works on as many as it has threads. */
const AT_ONCE = 64;
const HALF_A_DAY = 12 * 3600;

/** What makes the connection number `index`: one of a thousand people, and a client of its own. */
export function identity(index: number): { subject: string; clientId: string } {
  return { subject: `user_${index % 1000}`, clientId: `https://client-${index}.example/id.json` };
}

/**
 * Adds access tokens, each of another connection, until there are `count`. One takes about half a millisecond.
 */
export async function signTokens(issuer: TestIssuer, tokens: string[], count: number): Promise<void> {
  const exp = Math.floor(Date.now() / 1000) + HALF_A_DAY;
  while (tokens.length < count) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - tokens.length) }, (_, place) => {
      const { subject, clientId } = identity(tokens.length + place);
      return issuer.token({ sub: subject, client_id: clientId, scope: 'openid profile', exp });
    });
    tokens.push(...(await Promise.all(batch)));
  }
}

/** Goes through tokens one after the other, and begins again at the end. */
export function inTurn(tokens: readonly string[]): () => string | undefined {
  let next = 0;
  return () => tokens[next++ % tokens.length];
}

/** A token whose signature is not the issuer's, another one for each number: nobody has seen it before. */
export function badToken(good: string, number: number): string {
  const [header, payload, signature = ''] = good.split('.');
  const other = number.toString(36).padStart(8, '0');
  return [header, payload, `${other}${signature.slice(other.length)}`].join('.');
}
