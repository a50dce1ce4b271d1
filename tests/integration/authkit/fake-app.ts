import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuthkitOptions } from '#dev/authkit/options.ts';
import { type Authkit, startAuthkit } from '#dev/authkit/server.ts';

export type StandIn = {
  authkit: Authkit;
  /** Origin of the HTTP server that stands in for the app. */
  appUrl: string;
  resource: string;
  dataDir: string;
  /** What the app serves under `/<name>.json`, and so under `https://client.test/<name>.json`. */
  documents: Map<string, object | ((response: ServerResponse) => void)>;
  /** Paths of the POST requests to the app. */
  posts: string[];
  restart(options?: Partial<AuthkitOptions>): Promise<void>;
  close(): Promise<void>;
};

/** The `client_id` of a document that the app serves. */
export function clientId(name: string): string {
  return `https://client.test/${name}.json`;
}

/** A local AuthKit, and an HTTP server that stands in for the app it serves. */
export async function startStandIn(options: Partial<AuthkitOptions> = {}): Promise<StandIn> {
  const documents: StandIn['documents'] = new Map();
  const posts: string[] = [];
  const app = createServer((request, response) => {
    if (request.method === 'POST') posts.push(request.url ?? '');
    const document = documents.get(/^\/(.+)\.json$/.exec(request.url ?? '')?.[1] ?? '');
    if (typeof document === 'function') return document(response);
    response.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document ?? {}));
  });
  await new Promise<void>((resolve) => app.listen(0, 'localhost', resolve));
  const address = app.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const appUrl = `http://localhost:${port}`;
  const dataDir = mkdtempSync(join(tmpdir(), 'authkit-'));
  const start = (more: Partial<AuthkitOptions> = {}) =>
    startAuthkit({ port: 0, appUrl, dataDir, ...options, ...more });
  const standIn: StandIn = {
    authkit: await start(),
    appUrl,
    resource: `${appUrl}/mcp`,
    dataDir,
    documents,
    posts,
    async restart(more) {
      const samePort = Number(new URL(standIn.authkit.url).port);
      await standIn.authkit.close();
      standIn.authkit = await start({ port: samePort, ...more });
      // `fetch` keeps connections to the old one, and notices with the next request that they are gone.
      while (!(await fetch(`${standIn.authkit.url}/oauth2/jwks`).catch(() => undefined))?.ok);
    },
    async close() {
      await standIn.authkit.close();
      await new Promise((resolve) => app.close(resolve));
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return standIn;
}
