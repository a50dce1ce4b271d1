import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeBlocks } from '#tests/support/markdown.ts';
import { startIssuer, type TestIssuer } from '#tests/support/tokens.ts';

type Serve = (request: Request, callTool: () => Promise<Response>) => Promise<Response>;

const RESOURCE = 'https://your.host/mcp';
const METADATA = 'https://your.host/.well-known/oauth-protected-resource/mcp';

/** Below the project, where the sample finds its dependency. */
const directory = mkdtempSync(join(process.cwd(), 'node_modules/.readme-sample-'));
let issuer: TestIssuer;
let serve: Serve;

beforeAll(async () => {
  issuer = await startIssuer();
  const sample = codeBlocks('README.md').find(({ text }) => text.includes('export async function serve'));
  const file = join(directory, 'sample.ts');
  writeFileSync(file, (sample?.text ?? '').replace('https://your-subdomain.authkit.app', issuer.url));
  ({ serve } = await import(/* @vite-ignore */ pathToFileURL(file).href));
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await issuer.close();
});

const call = (token?: string) =>
  serve(
    new Request(RESOURCE, {
      method: 'POST',
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    }),
    async () => Response.json({ called: true }),
  );

test('a call without a token is answered with a challenge that leads to the authorization server', async () => {
  const response = await call();
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe(`Bearer resource_metadata="${METADATA}"`);
  const metadata = await serve(new Request(METADATA), () => Promise.reject(new Error('not a call')));
  expect(await metadata.json()).toEqual({ resource: RESOURCE, authorization_servers: [issuer.url] });
});

test('a token for this resource is accepted', async () => {
  expect(await (await call(await issuer.token({ aud: RESOURCE }))).json()).toEqual({ called: true });
});

test.each([
  ['for another resource', { aud: 'https://other.host/mcp' }],
  ['of another issuer', { aud: RESOURCE, iss: 'https://other.authkit.app' }],
  ['without a subject', { aud: RESOURCE, sub: undefined }],
  ['without an expiry', { aud: RESOURCE, exp: undefined }],
])('a token %s is refused', async (_, claims) => {
  const response = await call(await issuer.token(claims));
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toMatch(
    /^Bearer error="invalid_token", resource_metadata=/,
  );
});
