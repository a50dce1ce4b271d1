import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { FastMCP } from 'fastmcp';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { Miniflare } from 'miniflare';
import { z } from 'zod';
import { issuerTokens } from '../../../conformance/resource-server/issuer-tokens.ts';
import { report } from '../../../conformance/resource-server/report.ts';
import { REVISIONS } from '../../../conformance/resource-server/requirement.ts';
import { runTests } from '../../../conformance/resource-server/suite.ts';
import { freePort } from '../../../support/free-port.ts';
import { startIssuer } from '../../../support/tokens.ts';

/** Starts a peer that listens by itself, and returns how to stop it. */
type Start = (port: number, issuer: string, resource: string) => Promise<() => Promise<void>>;

const PEERS: Record<string, Start> = {
  fastmcp: async (port, issuer, resource) => {
    const keys = createRemoteJWKSet(new URL(`${issuer}/oauth2/jwks`));
    const server = new FastMCP({
      name: 'peer',
      version: '1.0.0',
      // What it throws is answered with 401 and a challenge. A thrown response, as in its documentation, has none.
      authenticate: async (request) => {
        const [, token = ''] = /^Bearer (.+)$/i.exec(request?.headers.authorization ?? '') ?? [];
        return (await jwtVerify(token, keys, { issuer, audience: resource })).payload;
      },
      oauth: { enabled: true, protectedResource: { resource, authorizationServers: [issuer] } },
    });
    server.addTool({
      name: 'add',
      parameters: z.object({ a: z.number(), b: z.number() }),
      execute: async ({ a, b }) => String(a + b),
    });
    await server.start({ transportType: 'httpStream', httpStream: { port, stateless: true } });
    return () => server.stop();
  },
  'workers-oauth-provider': async (port, issuer, resource) => {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL('worker.ts', import.meta.url))],
      bundle: true,
      format: 'esm',
      write: false,
      platform: 'browser',
      conditions: ['workerd', 'worker', 'browser'],
      external: ['cloudflare:*', 'node:*'],
    });
    const runtime = new Miniflare({
      modules: true,
      script: outputFiles[0]?.text ?? '',
      host: '127.0.0.1',
      port,
      compatibilityDate: '2026-04-01',
      compatibilityFlags: ['nodejs_compat'],
      bindings: { RESOURCE: resource, ISSUER: issuer },
    });
    await runtime.ready;
    return () => runtime.dispose();
  },
};

for (const [name, start] of Object.entries(PEERS)) {
  const issuer = await startIssuer();
  const port = await freePort();
  const url = `http://localhost:${port}/mcp`;
  const stop = await start(port, issuer.url, url);
  const results = await runTests({ url, tokens: issuerTokens(issuer, url) });
  process.stdout.write(`${report(name, results, REVISIONS)}\n\n`);
  await stop();
  await issuer.close();
}
process.exit();
