import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { browserLaunchOptions } from '#tests/support/browser.ts';
import { freePort } from '#tests/support/free-port.ts';
import { startStack } from '#tests/support/stack.ts';
import { ScriptedClient, type ScriptedClientOptions } from './demo/client.ts';
import { requireFreePort, StartError } from './processes.ts';
import { capture } from './screenshots/capture.ts';
import { writeHistory } from './screenshots/history.ts';
import { DIRECTORY, SHOTS, type ShotName } from './screenshots/shots.ts';

const EMAIL = 'ada@example.com';

/** The connected clients: one with a misleading name, one with an older protocol version, one with a metadata document. */
const CLIENTS: readonly Pick<ScriptedClientOptions, 'registration' | 'era' | 'name' | 'redirectUrl'>[] = [
  { registration: 'dcr', era: 'auto', name: 'Claude', redirectUrl: 'https://assistant.example/callback' },
  { registration: 'dcr', era: 'legacy', name: 'Notes widget', redirectUrl: 'http://127.0.0.1:8123/callback' },
  { registration: 'cimd', era: 'auto' },
];

/** The default port of `npm run dev` when it is free, else any free port. */
async function preferredPort(port: number): Promise<number> {
  try {
    await requireFreePort(port, 'PORT');
    return port;
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return freePort();
  }
}

async function connectClients(url: string): Promise<void> {
  for (const client of CLIENTS) {
    const scripted = await ScriptedClient.connect({ ...client, url, account: 'ada', confirm: true });
    await scripted.callTool('whoami');
    await scripted.callTool('add_note', { text: `From ${client.name ?? 'the first client'}` });
    await scripted.callTool('list_notes');
    await scripted.close();
  }
}

async function signIn(page: Page, appUrl: string, path: string): Promise<void> {
  await page.goto(`${appUrl}/login?returnTo=${encodeURIComponent(path)}`);
  await page.getByRole('button', { name: EMAIL }).click();
  await page.waitForURL(`${appUrl}${path}`);
}

/** Brings a page to the state of each screenshot. */
function scenes(appUrl: string): Record<ShotName, (page: Page) => Promise<void>> {
  return {
    async landing(page) {
      await page.goto(appUrl);
      await page.getByText('CIMD: enabled').waitFor();
      await page.getByText('Resource indicator: matches').waitFor();
    },
    async clients(page) {
      await signIn(page, appUrl, '/clients');
      await page.getByRole('link', { name: 'client.test' }).waitFor();
      await page.getByText('Host read by AuthKit').first().waitFor({ state: 'hidden' });
    },
    async client(page) {
      await signIn(page, appUrl, '/clients');
      await page.getByRole('link', { name: 'client.test' }).click();
      await page.getByRole('region', { name: 'Activity' }).waitFor();
    },
    async inspector(page) {
      await signIn(page, appUrl, '/inspector');
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    },
    async 'how-it-works'(page) {
      await page.goto(`${appUrl}/how-it-works`);
      await page.getByRole('heading', { level: 1 }).waitFor();
    },
  };
}

const stack = await startStack({
  product: true,
  ports: { app: await preferredPort(3000), authkit: await preferredPort(4100) },
});
const browser = await chromium.launch(await browserLaunchOptions());
try {
  await connectClients(`${stack.appUrl}/mcp`);
  await stack.app.running.stop();
  await writeHistory(join(stack.dataDir, 'pglite'));
  await stack.restartApp();
  rmSync(DIRECTORY, { recursive: true, force: true });
  mkdirSync(DIRECTORY, { recursive: true });
  const open = scenes(stack.appUrl);
  let bytes = 0;
  for (const shot of SHOTS) bytes += await capture(browser, shot, open[shot.name]);
  console.log(`${SHOTS.length} pages in two themes, ${Math.round(bytes / 1024)} KB in ${DIRECTORY}.`);
} finally {
  await browser.close();
  await stack.stop();
}
