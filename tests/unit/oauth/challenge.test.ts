import { describe, expect, it } from 'vitest';
import { challengeResponse, insufficientScopeResponse } from '#lib/oauth/challenge.ts';
import { rejectionLogFields, type TokenRejection } from '#lib/oauth/rejection.ts';

const config = { appUrl: 'https://app.example', authkitDomain: 'https://a.authkit.app', loopback: false };
const METADATA = 'resource_metadata="https://app.example/.well-known/oauth-protected-resource/mcp"';

const VERSION = '2026-07-28';
const HOSTILE = 'x", error="none\r\nSet-Cookie: a=b\u0000é';
const TOKEN_REASONS: TokenRejection[] = [
  { reason: 'malformed_token' },
  { reason: 'token_too_large', bytes: 9000 },
  { reason: 'type', got: HOSTILE },
  { reason: 'algorithm', got: HOSTILE },
  { reason: 'unknown_key' },
  { reason: 'signature' },
  { reason: 'expired' },
  { reason: 'issued_in_future' },
  { reason: 'lifetime', seconds: 1 },
  { reason: 'issuer', got: HOSTILE, expected: 'b' },
  { reason: 'audience', got: HOSTILE, expected: 'b' },
  { reason: 'claim', claim: HOSTILE },
  { reason: 'machine' },
  { reason: 'revoked' },
];

describe('a request without credentials', () => {
  it('gets a challenge with the metadata URL and the scopes, without an error', async () => {
    const response = challengeResponse({ reason: 'missing' }, config, VERSION);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(`Bearer ${METADATA}, scope="openid profile"`);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });
});

describe('a refused token', () => {
  it('gets the same response for every reason', async () => {
    const answers = await Promise.all(
      TOKEN_REASONS.map(async (rejection) => {
        const response = challengeResponse(rejection, config, VERSION);
        return [response.status, response.headers.get('www-authenticate'), await response.text()].join('\n');
      }),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('401\nBearer error="invalid_token"');
    expect(answers[0]).toContain(METADATA);
    expect(answers[0]).not.toContain('Set-Cookie');
  });

  it('gets 400 when the header does not hold exactly one token', () => {
    expect(challengeResponse({ reason: 'malformed_authorization' }, config, VERSION).status).toBe(400);
  });

  it('gets 503 with Retry-After when the keys are unavailable, so that the client keeps its token', () => {
    const response = challengeResponse({ reason: 'keys_unavailable', detail: HOSTILE }, config, VERSION);
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(response.headers.has('www-authenticate')).toBe(false);
  });
});

describe('a token with too few scopes', () => {
  it('gets one challenge with every scope that is needed', () => {
    const response = insufficientScopeResponse(['openid', 'profile', 'email'], config, VERSION);
    expect(response.status).toBe(403);
    expect(response.headers.get('www-authenticate')).toMatch(
      /^Bearer error="insufficient_scope".*scope="openid profile email"$/,
    );
  });
});

describe('offline_access', () => {
  const scopesOf = (response: Response) =>
    /scope="([^"]*)"/.exec(response.headers.get('www-authenticate') ?? '')?.[1];
  const responses = (version: string | null) => [
    challengeResponse({ reason: 'missing' }, config, version),
    challengeResponse({ reason: 'expired' }, config, version),
    insufficientScopeResponse(['openid', 'profile'], config, version),
  ];

  it.each([null, '2024-11-05', '2025-03-26', '2025-11-25'])(
    'is asked for by clients of revision %s, which request the scopes of the challenge',
    (version) => {
      expect(responses(version).map(scopesOf)).toEqual(Array(3).fill('openid profile offline_access'));
    },
  );

  it.each(['2026-07-28', '2027-01-01'])('is not named to clients of revision %s', (version) => {
    expect(responses(version).map(scopesOf)).toEqual(Array(3).fill('openid profile'));
  });
});

describe('the log fields', () => {
  it('name the received and the expected audience', () => {
    expect(rejectionLogFields({ reason: 'audience', got: 'https://x', expected: 'https://y' })).toEqual({
      reason: 'audience',
      detail: 'audience: got https://x, expected https://y',
    });
  });
});
