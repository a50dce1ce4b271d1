import { describe, expect, test } from 'vitest';
import {
  authorizationServerMetadataUrls,
  parseAllowed,
  protectedResourceMetadataUrls,
  sameResource,
  serverUrlProblem,
  withScheme,
} from '#features/discovery/steps/urls.ts';

describe('well-known URLs', () => {
  test('protected resource metadata is at the inserted path, then at the root', () => {
    expect(protectedResourceMetadataUrls('https://a.example/public/mcp').map(({ url }) => url)).toEqual([
      'https://a.example/.well-known/oauth-protected-resource/public/mcp',
      'https://a.example/.well-known/oauth-protected-resource',
    ]);
    expect(protectedResourceMetadataUrls('https://a.example/')).toHaveLength(1);
  });

  test('authorization server metadata of an issuer with a path is at three URLs in order', () => {
    expect(authorizationServerMetadataUrls('https://a.example/tenant1').map(({ url }) => url)).toEqual([
      'https://a.example/.well-known/oauth-authorization-server/tenant1',
      'https://a.example/.well-known/openid-configuration/tenant1',
      'https://a.example/tenant1/.well-known/openid-configuration',
    ]);
  });

  test('authorization server metadata of an issuer without a path is at two URLs', () => {
    expect(authorizationServerMetadataUrls('https://a.example').map(({ url }) => url)).toEqual([
      'https://a.example/.well-known/oauth-authorization-server',
      'https://a.example/.well-known/openid-configuration',
    ]);
  });
});

describe('a resource', () => {
  test.each([
    ['https://a.example/mcp', 'https://a.example/mcp'],
    ['https://a.example', 'https://a.example/'],
    ['https://a.example/', 'https://a.example'],
  ])('%s identifies the server requested as %s', (resource, asked) => {
    expect(sameResource(resource, asked)).toBe(true);
  });

  test.each([
    ['https://a.example/mcp/', 'https://a.example/mcp'],
    ['http://a.example/mcp', 'https://a.example/mcp'],
    ['https://a.example', 'https://a.example/mcp'],
    ['https://A.example/mcp', 'https://a.example/mcp'],
    ['https://a.example:443/mcp', 'https://a.example/mcp'],
    ['https://a.example/mcp2', 'https://a.example/mcp'],
    ['', 'https://a.example/mcp'],
  ])('%s does not identify the server requested as %s', (resource, asked) => {
    expect(sameResource(resource, asked)).toBe(false);
  });
});

describe('a URL to follow', () => {
  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'http://a.example/',
    'ftp://a.example',
    '/relative',
    'https://u:p@a.example/',
  ])('%s is refused', (text) => {
    expect(parseAllowed(text, true)).toBe(undefined);
  });

  test('loopback http is allowed on loopback deployments only', () => {
    expect(parseAllowed('http://localhost:4100/x', true)?.href).toBe('http://localhost:4100/x');
    expect(parseAllowed('http://localhost:4100/x', false)).toBe(undefined);
  });

  test.each([
    ['nonsense', 'not_a_url'],
    ['http://a.example/mcp', 'scheme'],
    ['https://user@a.example/mcp', 'credentials'],
    ['https://a.example/mcp#x', 'fragment'],
  ])('%s entered by a user is refused as %s', (text, why) => {
    expect(serverUrlProblem(text, false)).toMatchObject({ reason: 'url_invalid', why });
  });
});

describe('a URL as a person enters it', () => {
  test.each([
    ['mcp.example.com/mcp', 'https://mcp.example.com/mcp', 'https'],
    ['mcp.example.com', 'https://mcp.example.com', 'https'],
    ['mcp.example.com:8443/mcp', 'https://mcp.example.com:8443/mcp', 'https'],
    ['//mcp.example.com/mcp', 'https://mcp.example.com/mcp', 'https'],
    ['localhost:3000/mcp', 'http://localhost:3000/mcp', 'http'],
    ['localhost', 'http://localhost', 'http'],
    ['127.0.0.1:3000', 'http://127.0.0.1:3000', 'http'],
    ['[::1]:3000/mcp', 'http://[::1]:3000/mcp', 'http'],
    ['  https://mcp.example.com/mcp\n', 'https://mcp.example.com/mcp', undefined],
    ['javascript:alert(1)', 'javascript:alert(1)', undefined],
    ['mailto:ada@example.com', 'mailto:ada@example.com', undefined],
    ['', '', undefined],
  ])('%j is read as %j', (text, url, added) => {
    expect(withScheme(text)).toEqual({ url, added });
  });

  test.each([
    'https://ada:geheim@mcp.example.com/mcp',
    'ada:geheim@mcp.example.com/mcp',
    'ftp://ada:geheim@mcp.example.com',
    'https://geheim@',
  ])('%s is refused without being repeated', (text) => {
    const problem = serverUrlProblem(withScheme(text).url, false);
    expect(problem).toMatchObject({ reason: 'url_invalid' });
    expect(JSON.stringify(problem)).not.toContain('geheim');
  });
});
