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

describe('the content security policy of a page', () => {
  const policy = directives(contentSecurityPolicy(deployment, { nonce: 'abc', development: false }));

  it('runs only scripts with the nonce', () =>
    expect(policy['script-src']).toBe("'self' 'nonce-abc' 'strict-dynamic'"));

  it('allows no inline style without the nonce', () =>
    expect(policy['style-src']).toBe("'self' 'nonce-abc'"));

  it('loads only what it names, and allows no framing', () => {
    expect(policy['default-src']).toBe("'none'");
    expect(policy['frame-ancestors']).toBe("'none'");
    expect(policy['base-uri']).toBe("'none'");
  });

  it('allows forms to lead to sign-out and sign-in only', () =>
    expect(policy['form-action']).toBe("'self' https://api.workos.com https://acme.authkit.app"));

  it('upgrades requests on an https origin only', () => {
    expect(policy).toHaveProperty('upgrade-insecure-requests');
    const onLoopback = directives(contentSecurityPolicy(local, { nonce: 'abc', development: false }));
    expect(onLoopback).not.toHaveProperty('upgrade-insecure-requests');
    expect(onLoopback['form-action']).toBe("'self' http://localhost:4100 http://localhost:4100");
  });
});

describe('the other security headers of a page', () => {
  it('set HSTS on an https origin only', () => {
    expect(securityHeaders(deployment)['strict-transport-security']).toMatch(/^max-age=\d{8}/);
    expect(securityHeaders(local)).not.toHaveProperty('strict-transport-security');
  });

  it('keep the Origin header on our own forms', () =>
    expect(securityHeaders(deployment)['referrer-policy']).toBe('same-origin'));

  it('disable content sniffing', () =>
    expect(securityHeaders(local)['x-content-type-options']).toBe('nosniff'));
});
