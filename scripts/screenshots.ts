import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { browserLaunchOptions } from '#tests/support/browser.ts';
import { freePort } from '#tests/support/free-port.ts';
import { startStack } from '#tests/support/stack.ts';
import { ScriptedClient, type ScriptedClientOptions } from './demo/client.ts';
import { requireFreePort, StartError } from './processes.ts';
import { take } from './screenshots/capture.ts';
import { writeHistory } from './screenshots/history.ts';
import { DIRECTORY, PICTURES, type PictureName } from './screenshots/shots.ts';

const PERSON = 'ada@example.com';

/** Who is connected in the pictures: one that is not who it says, one of an older time, one with a document. */
const CLIENTS: readonly Pick<ScriptedClientOptions, 'registration' | 'era' | 'name' | 'redirectUrl'>[] = [
  { registration: 'dcr', era: 'auto', name: 'Claude', redirectUrl: 'https://assistant.example/callback' },
  { registration: 'dcr', era: 'legacy', name: 'Notes widget', redirectUrl: 'http://127.0.0.1:8123/callback' },
  { registration: 'cimd', era: 'auto' },
];

/** The port that people see when they try it themselves, if nothing has it now. */
async function usual(port: number): Promise<number> {
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
  await page.getByRole('button', { name: PERSON }).click();
  await page.waitForURL(`${appUrl}${path}`);
}

/** How to get to what each picture shows. */
function scenes(appUrl: string): Record<PictureName, (page: Page) => Promise<void>> {
  return {
    async landing(page) {
      await page.goto(appUrl);
      await page.getByText('CIMD: enabled').waitFor();
      await page.getByText('Resource indicator: matches').waitFor();
    },
    async clients(page) {
      await signIn(page, appUrl, '/clients');
      await page.getByRole('link', { name: 'client.test' }).waitFor();
      await page.getByText('Checking', { exact: true }).first().waitFor({ state: 'hidden' });
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

const stack = await startStack({ ports: { app: await usual(3000), authkit: await usual(4100) } });
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
  for (const picture of PICTURES) bytes += await take(browser, picture, open[picture.name]);
  console.log(`${PICTURES.length} pages in two themes, ${Math.round(bytes / 1024)} KB in ${DIRECTORY}.`);
} finally {
  await browser.close();
  await stack.stop();
}
