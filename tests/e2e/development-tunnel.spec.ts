import { connect } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { chromium, expect, test } from '@playwright/test';
import { browserLaunchOptions } from '#tests/support/browser.ts';
import { selfSignedCertificate } from '#tests/support/certificate.ts';
import { freePort } from '#tests/support/free-port.ts';
import { startApp, temporaryDirectory } from '#tests/support/processes.ts';
import { trackedCopy } from '#tests/support/tracked-copy.ts';

const HOST = 'tunnel.test';

test('pages of the development server come alive behind an https tunnel', async () => {
  test.slow();
  await using stack = new AsyncDisposableStack();
  const [appPort, tunnelPort] = [await freePort(), await freePort()];
  const tunnel = createServer(selfSignedCertificate(HOST), (incoming) => {
    const outgoing = connect(appPort, '127.0.0.1');
    for (const socket of [incoming, outgoing]) socket.on('error', () => socket.destroy());
    incoming.pipe(outgoing).pipe(incoming);
  }).listen(tunnelPort, '127.0.0.1');
  stack.defer(() => void tunnel.close());
  // Next allows one `next dev` in a directory, and a developer may be running it.
  const copy = stack.adopt(trackedCopy({ modules: 'own' }), ({ remove }) => remove());
  const data = stack.adopt(temporaryDirectory('tunnel'), ({ remove }) => remove());
  const appUrl = `https://${HOST}:${tunnelPort}`;
  const env = {
    APP_URL: appUrl,
    AUTHKIT_DOMAIN: 'https://auth.test',
    WORKOS_API_HTTPS: 'true',
    DATABASE_URL: `pglite:${join(data.path, 'pglite')}`,
  };
  const app = await startApp({ appPort, authkitPort: 1, dataDir: data.path, env, develop: copy.path });
  stack.defer(async () => void (await app.running.stop()));

  const options = await browserLaunchOptions();
  const args = [...options.args, `--host-resolver-rules=MAP ${HOST} 127.0.0.1`];
  const browser = stack.adopt(await chromium.launch({ ...options, args }), (each) => each.close());
  const page = await browser.newPage({ ignoreHTTPSErrors: true });
  await page.goto(`${appUrl}/how-it-works`, { timeout: 120_000 });
  const alive = () =>
    Object.keys(document.querySelector('form') ?? {}).some((key) => key.startsWith('__react'));
  await expect.poll(() => page.evaluate(alive), { timeout: 60_000 }).toBe(true);
  expect(app.logs()).not.toContain('Blocked cross-origin request');
});
