import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { listen, pass } from '#tests/conformance/proxy.ts';
import { buildAppUnderTest } from './app-under-test.ts';
import { freePort } from './free-port.ts';
import { startApp, startAuthkit, temporaryDirectory } from './processes.ts';

/** The product with local AuthKit, behind a front that also answers for client hosts. */
export type FrontedStack = {
  appUrl: string;
  authkitUrl: string;
  /** Data of the processes, and room for a test's own. */
  dataDir: string;
  /**
   * What the front answers itself, by path. A metadata document at `/x.json` is the client `https://client.test/x.json`:
   * on this machine that host is the origin of the app.
   */
  published: Map<string, RequestListener>;
  stop(): Promise<void>;
};

/**
 * Builds the app if that is needed and starts it behind a front, so that a test can publish the documents and logos of
 * clients as their hosts would.
 */
export async function startFrontedStack(): Promise<FrontedStack> {
  await buildAppUnderTest();
  const data = temporaryDirectory('mcp-authkit-fronted');
  const published: FrontedStack['published'] = new Map();
  const insidePort = await freePort();
  const front = await listen(async (incoming, outgoing) => {
    const own = published.get((incoming.url ?? '').split('?', 1)[0] ?? '');
    return own === undefined ? pass(incoming, outgoing, insidePort) : own(incoming, outgoing);
  });
  const appUrl = `http://localhost:${front.port}`;
  const authkit = await startAuthkit({ appUrl, dataDir: join(data.path, 'authkit') });
  const app = await startApp({
    appPort: front.port,
    port: insidePort,
    authkitPort: authkit.port,
    dataDir: data.path,
  });
  return {
    appUrl,
    authkitUrl: authkit.url,
    dataDir: data.path,
    published,
    async stop() {
      await Promise.all([app.running.stop(), authkit.running.stop()]);
      await front.close();
      data.remove();
    },
  };
}

/** Answers with a document, as a client's host would. */
export const serveJson =
  (document: object): RequestListener =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
  };
