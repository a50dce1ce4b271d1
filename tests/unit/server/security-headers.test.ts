import { describe, expect, it } from 'vitest';
import { contentSecurityPolicy, securityHeaders } from '#lib/server/security-headers.ts';

const deployment = {
  appUrl: 'https://app.example',
  authkitDomain: 'https://acme.authkit.app',
  workos: {
    apiKey: 'sk_x',
    clientId: 'client_x',
    cookiePassword: 'x',
    api: { hostname: 'api.workos.com', port: undefined, https: true },
  },
};
const local = {
  ...deployment,
  appUrl: 'http://localhost:3000',
  authkitDomain: 'http://localhost:4100',
  workos: { ...deployment.workos, api: { hostname: 'localhost', port: 4100, https: false } },
};

function directives(policy: string): Record<string, string> {
  return Object.fromEntries(
    policy.split('; ').map((directive) => {
      const [name = '', ...values] = directive.split(' ');
      return [name, values.join(' ')];
    }),
  );
}

describe('the policy of a page', () => {
  const policy = directives(contentSecurityPolicy(deployment, { nonce: 'abc', development: false }));

  it('runs only scripts that carry the nonce', () =>
    expect(policy['script-src']).toBe("'self' 'nonce-abc' 'strict-dynamic'"));

  it('allows no inline style without the nonce', () =>
    expect(policy['style-src']).toBe("'self' 'nonce-abc'"));

  it('loads nothing it does not name, and lets nobody frame it', () => {
    expect(policy['default-src']).toBe("'none'");
    expect(policy['frame-ancestors']).toBe("'none'");
    expect(policy['base-uri']).toBe("'none'");
  });

  it('lets a form end at sign-out and sign-in, and nowhere else', () =>
    expect(policy['form-action']).toBe("'self' https://api.workos.com https://acme.authkit.app"));

  it('upgrades to https on https only', () => {
    expect(policy).toHaveProperty('upgrade-insecure-requests');
    const onLoopback = directives(contentSecurityPolicy(local, { nonce: 'abc', development: false }));
    expect(onLoopback).not.toHaveProperty('upgrade-insecure-requests');
    expect(onLoopback['form-action']).toBe("'self' http://localhost:4100 http://localhost:4100");
  });
});

describe('the other headers of a page', () => {
  it('ask for https from now on, on https only', () => {
    expect(securityHeaders(deployment)['Strict-Transport-Security']).toMatch(/^max-age=\d{8}/);
    expect(securityHeaders(local)).not.toHaveProperty('Strict-Transport-Security');
  });

  it('keep Origin on our own forms, which no-referrer would turn into null', () =>
    expect(securityHeaders(deployment)['Referrer-Policy']).toBe('same-origin'));

  it('stop content sniffing', () => expect(securityHeaders(local)['X-Content-Type-Options']).toBe('nosniff'));
});
