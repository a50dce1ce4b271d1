import { describe, expect, test } from 'vitest';
import { ISSUER, metadata, SERVER, type World, worldWith } from './hostile-server.ts';

const resourceDocument = (change: Record<string, unknown>): World => ({
  'mcp.example.com/.well-known/oauth-protected-resource/mcp': {
    body: { resource: SERVER, authorization_servers: [ISSUER], ...change },
  },
});
const server = (change: Record<string, unknown>): World => ({
  'auth.example.com/.well-known/oauth-authorization-server': { body: metadata(change) },
});

describe('an honest server', () => {
  test('can be signed in to', async () => {
    await using world = await worldWith({});
    const { target, errors } = await world.inspect();
    expect(errors).toEqual([]);
    expect(target).toMatchObject({ resource: SERVER, issuer: ISSUER });
  });
});

describe('there is no sign-in to a server whose metadata has', () => {
  test.each([
    ['another host', 'https://evil.example.com/mcp'],
    ['another path', 'https://mcp.example.com/other'],
    ['its origin', 'https://mcp.example.com'],
    ['a trailing slash', `${SERVER}/`],
    ['another scheme', 'http://mcp.example.com/mcp'],
    ['upper case', 'https://MCP.example.com/mcp'],
    ['the default port', 'https://mcp.example.com:443/mcp'],
    ['a longer path', `${SERVER}-evil`],
    ['a query', `${SERVER}?x`],
  ])('a resource with %s', async (_what, resource) => {
    await using world = await worldWith(resourceDocument({ resource }));
    const { target, errors } = await world.inspect();
    expect(target).toBe(undefined);
    expect(errors).toEqual(['resource-mismatch']);
  });

  test.each([
    ['no resource', undefined],
    ['a list', [SERVER]],
    ['a number', 1],
  ])('a resource that is %s', async (_what, resource) => {
    await using world = await worldWith(resourceDocument({ resource }));
    const { target, errors } = await world.inspect();
    expect(target).toBe(undefined);
    expect(errors).toEqual(['document-invalid']);
  });

  test.each([
    ['another host', 'https://evil.example.com'],
    ['a trailing slash', `${ISSUER}/`],
    ['upper case', 'https://AUTH.example.com'],
    ['a list', [ISSUER]],
    ['nothing', undefined],
  ])('an issuer with %s', async (_what, issuer) => {
    await using world = await worldWith(server({ issuer }));
    const { target, errors } = await world.inspect();
    expect(target).toBe(undefined);
    expect(errors).toEqual(['issuer-mismatch']);
  });

  test.each([
    ['no PKCE', undefined],
    ['only plain', ['plain']],
    ['S256 in the wrong case', ['s256']],
    ['S256 as text, not in a list', 'S256'],
  ])('%s', async (_what, code_challenge_methods_supported) => {
    await using world = await worldWith(server({ code_challenge_methods_supported }));
    const { target, errors } = await world.inspect();
    expect(target).toBe(undefined);
    expect(errors).toEqual(['pkce-s256-missing']);
  });

  test.each([
    'javascript:alert(document.cookie)',
    'JavaScript://auth.example.com/%0aalert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'blob:https://auth.example.com/x',
    'http://auth.example.com/authorize',
    '/authorize',
    '//auth.example.com/authorize',
    'https://user:password@auth.example.com/authorize',
    '',
  ])('the authorization endpoint %s', async (authorization_endpoint) => {
    await using world = await worldWith(server({ authorization_endpoint }));
    const { target, errors } = await world.inspect();
    expect(target).toBe(undefined);
    expect(errors).toEqual(['endpoint-invalid']);
  });

  test.each([
    ['a list', ['https://auth.example.com/authorize']],
    ['an object', { toString: 1 }],
    ['null', null],
  ])('an authorization endpoint that is %s', async (_what, authorization_endpoint) => {
    await using world = await worldWith(server({ authorization_endpoint }));
    expect((await world.inspect()).target).toBe(undefined);
  });
});

describe('a redirect is reported and not followed', () => {
  const away = { status: 302, headers: { location: 'http://169.254.169.254/latest/meta-data/' } };
  const elsewhere = { status: 307, headers: { location: 'https://other.example.com/valid' } };
  const other: World = { 'other.example.com/valid': { body: metadata() } };

  test.each([
    ['mcp.example.com/mcp'],
    ['mcp.example.com/.well-known/oauth-protected-resource/mcp'],
    ['auth.example.com/.well-known/oauth-authorization-server'],
  ])('from %s', async (place) => {
    for (const redirect of [away, elsewhere]) {
      await using world = await worldWith({ ...other, [place]: redirect });
      const { target, errors, discovery } = await world.inspect();
      expect(target).toBe(undefined);
      expect(errors).toEqual(['redirected']);
      expect(discovery.exchanges.map(({ request }) => new URL(request.url).host)).not.toContain(
        'other.example.com',
      );
      expect(world.forbidden).toEqual({ connections: 0, bytes: 0 });
    }
  });
});

describe('discovery ends with an error for', () => {
  test('a document larger than a client should read', async () => {
    await using world = await worldWith({
      'auth.example.com/.well-known/oauth-authorization-server': { body: 'x'.repeat(600_000) },
    });
    expect((await world.inspect()).errors).toEqual(['response-too-large']);
  });

  test('a compressed document', async () => {
    await using world = await worldWith({
      'mcp.example.com/.well-known/oauth-protected-resource/mcp': {
        headers: { 'content-encoding': 'gzip' },
        body: 'x',
      },
    });
    expect((await world.inspect()).errors).toEqual(['response-compressed']);
  });

  test.each([
    ['a list', 'document-invalid', '[]'],
    ['text', 'document-invalid', '"x"'],
    ['null', 'document-invalid', 'null'],
    ['half a document', 'document-not-json', '{"issuer":'],
    ['HTML', 'document-is-html', '<!doctype html>'],
    ['JSON nested without end', 'document-not-json', '['.repeat(20_000)],
  ])('%s in place of a document', async (_what, id, body) => {
    await using world = await worldWith({
      'auth.example.com/.well-known/oauth-authorization-server': { body },
    });
    const { target, errors } = await world.inspect();
    expect(target).toBe(undefined);
    expect(errors).toEqual([id]);
  });
});
