import { createServer, type Server } from 'node:http';
import AxeBuilder from '@axe-core/playwright';
import { type Browser, chromium, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserLaunchOptions } from '#tests/support/browser.ts';
import { clientId, type StandIn, startStandIn } from './fake-app.ts';
import { authorizationRequest } from './oauth-client.ts';

let standIn: StandIn;
let browser: Browser;
/** What people are sent back to. */
let client: Server;
let redirectUri: string;

beforeAll(async () => {
  client = createServer((_request, response) => response.end('back at the client'));
  await new Promise<void>((resolve) => client.listen(0, 'localhost', resolve));
  const address = client.address();
  redirectUri = `http://localhost:${typeof address === 'object' ? address?.port : ''}/callback`;
  standIn = await startStandIn();
  standIn.documents.set('cli', {
    client_id: clientId('cli'),
    client_name: 'Test CLI',
    redirect_uris: ['http://localhost/callback'],
  });
  browser = await chromium.launch(await browserLaunchOptions());
});
afterAll(async () => {
  await browser.close();
  await standIn.close();
  await new Promise((resolve) => client.close(resolve));
});

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  expect(overflow).toBe(false);
}

describe('in a browser', () => {
  test.each([
    ['light', 1280],
    ['dark', 360],
  ] as const)(
    'a person signs in, switches the account and allows a client (%s, %i px)',
    async (colorScheme, width) => {
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      const request = { clientId: clientId('cli'), redirectUri, resource: standIn.resource };
      await page.goto(authorizationRequest(standIn.authkit.url, request).url.href);
      await expectAccessible(page);
      await page.getByRole('button', { name: /Ben Member/ }).click();
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Switch account' }).click();
      await page.getByLabel('Someone else').fill('with.a.rather.long.name@department.example.org');
      await page.getByRole('button', { name: 'Continue' }).click();
      expect(await page.getByTestId('client-name').textContent()).toContain('Test CLI');
      expect(complaints).toEqual([]);
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.waitForURL(/callback\?code=/);

      await page.goto(`${standIn.authkit.url}/user_management/sessions/logout`);
      await expectAccessible(page);
      await page.goto(`${standIn.authkit.url}/nothing-here`);
      await expectAccessible(page);
      await context.close();
    },
  );

  test('signing in to the app needs no script', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    const query = new URLSearchParams({
      client_id: 'client_local',
      response_type: 'code',
      redirect_uri: `${standIn.appUrl}/cli.json`,
    });
    await page.goto(`${standIn.authkit.url}/user_management/authorize?${query}`);
    await page.getByRole('button', { name: /Ada Admin/ }).press('Enter');
    await page.waitForURL(/cli\.json\?code=/);
    await context.close();
  });

  test('a person with several organizations chooses one, for the pages and for a client', async () => {
    const context = await browser.newContext({ viewport: { width: 360, height: 800 } });
    const page = await context.newPage();
    const query = new URLSearchParams({
      client_id: 'client_local',
      response_type: 'code',
      redirect_uri: `${standIn.appUrl}/cli.json`,
    });
    await page.goto(`${standIn.authkit.url}/user_management/authorize?${query}`);
    await page.getByRole('button', { name: /Cleo Consultant/ }).click();
    await expectAccessible(page);
    await page.getByRole('radio', { name: 'Globex' }).check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(/cli\.json\?code=/);

    const request = { clientId: clientId('cli'), redirectUri, resource: standIn.resource };
    await page.goto(authorizationRequest(standIn.authkit.url, request).url.href);
    await expectAccessible(page);
    await page.getByRole('radio', { name: 'Acme' }).check();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(/callback\?code=/);

    await page.goto(`${standIn.authkit.url}/oauth2/device`);
    await expectAccessible(page);
    await context.close();
  });
});
