import type { Page, Route } from '@playwright/test';
import { bearerCall } from '#tests/support/mcp-request.ts';
import { connect, expect, signIn, test, uniqueEmail } from '../../fixtures.ts';

/** The host of the client metadata document that local AuthKit can read without a network. */
const HOST = 'client.test';

const row = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });

/** Waits until the list shows an active app: calls are written in batches, shortly after they were answered. */
async function expectListed(page: Page, name: string): Promise<void> {
  await expect(async () => {
    await page.reload();
    await expect(row(page, name)).toContainText(/ago|just now/, { timeout: 1_000 });
    await expect(row(page, name)).not.toContainText('Revok', { timeout: 1_000 });
  }).toPass({ timeout: 15_000 });
}

/** Revokes a client through the menu of its row and waits for the confirmation. */
async function revoke(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${name}` }).click();
  await page.getByRole('menuitem', { name: 'Revoke access' }).click();
  const dialog = page.getByRole('alertdialog');
  await expect(dialog).toContainText('refused');
  await dialog.getByRole('button', { name: 'Revoke access' }).click();
  await expect(page.getByText(`Access revoked for ${name}.`)).toBeVisible();
}

test('a client appears when it connects, is revoked on the page, and returns only after a new consent', async ({
  page,
  stack,
}) => {
  const email = uniqueEmail('story');
  await signIn(page, email, '/clients');
  await expect(page.getByText('No client is connected yet')).toBeVisible();

  const client = await connect(stack, email);
  await expectListed(page, HOST);

  const { access_token: token = '', refresh_token: refreshToken = '' } = client.tokens ?? {};
  expect((await bearerCall(stack.appUrl, token)).status).toBe(200);
  await revoke(page, HOST);
  const refused = await bearerCall(stack.appUrl, token);
  expect(refused.status).toBe(401);
  expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"');
  await expect(row(page, HOST)).toContainText('Revoking');
  // The grant is deleted when the time to undo it is over.
  await expect(row(page, HOST)).toHaveCount(0, { timeout: 25_000 });

  const refreshed = await fetch(`${stack.authkitUrl}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: `https://${HOST}/oauth/client-metadata.json`,
      resource: `${stack.appUrl}/mcp`,
    }),
  });
  expect(refreshed.status).toBe(400);
  expect(await refreshed.json()).toMatchObject({ error: 'invalid_grant' });

  // The client requests consent again. `iat` has whole seconds, so a token issued in the second of the revocation is still
  // refused.
  await expect(async () => {
    expect((await client.callTool('identity')).isError).toBeFalsy();
  }).toPass({ timeout: 10_000 });
  expect(client.tokens?.access_token).not.toBe(token);
  await expectListed(page, HOST);
  await client.close();
});

test.describe('a revocation whose request fails', () => {
  test.use({ expectedErrors: [/Failed to load resource|UnrecognizedActionError|not found on the server/] });

  test('names what is wrong, changes nothing, and succeeds later in the same dialog', async ({
    page,
    stack,
    context,
  }) => {
    const email = uniqueEmail('failing');
    const client = await connect(stack, email);
    const { access_token: token = '' } = client.tokens ?? {};
    await signIn(page, email, '/clients');
    await expectListed(page, HOST);
    await page.getByRole('button', { name: `Actions for ${HOST}` }).click();
    await page.getByRole('menuitem', { name: 'Revoke access' }).click();
    const dialog = page.getByRole('alertdialog');
    const confirm = dialog.getByRole('button', { name: 'Revoke access' });
    const failed = async (text: RegExp) => {
      await confirm.click();
      await expect(dialog.getByRole('alert')).toContainText(text);
      expect((await bearerCall(stack.appUrl, token)).status).toBe(200);
    };
    /** Replaces the requests of Server Actions; other requests of the page go on. */
    const intercept = (action: (route: Route) => Promise<void>) =>
      context.route('**/clients', (route) =>
        route.request().method() === 'POST' ? action(route) : route.continue(),
      );

    // The id of an action is that of a build.
    await intercept((route) =>
      route.continue({ headers: { ...route.request().headers(), 'next-action': `7f${'0'.repeat(40)}` } }),
    );
    await failed(/Nothing changed\. A newer version of this site is running\. Reload the page/);
    await context.unroute('**/clients');

    await context.setOffline(true);
    await failed(/Your device is offline/);
    await context.setOffline(false);

    await intercept((route) => route.abort('connectionrefused'));
    await failed(/may or may not be revoked\. This site could not be reached/);
    await context.unroute('**/clients');

    await intercept((route) => route.fulfill({ status: 502, contentType: 'text/html', body: 'Bad gateway' }));
    await failed(/may or may not be revoked\. This site returned an error/);
    await context.unroute('**/clients');

    await confirm.click();
    await expect(page.getByText(`Access revoked for ${HOST}.`)).toBeVisible();
    expect((await bearerCall(stack.appUrl, token)).status).toBe(401);
    await client.close();
  });
});

test('a client that connects while the page is open is announced, and shown on a click', async ({
  page,
  stack,
}) => {
  const email = uniqueEmail('live');
  const first = await connect(stack, email, 'dcr');
  await signIn(page, email, '/clients');
  await expectListed(page, 'Scripted client');

  const second = await connect(stack, email);
  await expect(page.getByText('1 new app connected.')).toBeVisible();
  await page.getByRole('button', { name: 'Refresh' }).click();
  await expect(row(page, HOST)).toBeVisible();
  await Promise.all([first.close(), second.close()]);
});

test('two people who use the same client see and revoke only their own', async ({
  page,
  newBrowser,
  stack,
}) => {
  const [one, two] = [uniqueEmail('one'), uniqueEmail('two')];
  const theirPage = await newBrowser();
  const [mine, theirs] = [await connect(stack, one), await connect(stack, two)];
  await signIn(page, one, '/clients');
  await signIn(theirPage, two, '/clients');
  await expectListed(page, HOST);
  await expectListed(theirPage, HOST);
  await expect(row(page, HOST)).toHaveCount(1);

  await revoke(page, HOST);
  expect((await bearerCall(stack.appUrl, mine.tokens?.access_token ?? '')).status).toBe(401);
  expect((await bearerCall(stack.appUrl, theirs.tokens?.access_token ?? '')).status).toBe(200);
  await expectListed(theirPage, HOST);
  await Promise.all([mine.close(), theirs.close()]);
});

test.describe('the client of another person', () => {
  test.use({ expectedErrors: [/status of 404/] });

  test('cannot be distinguished from an unknown client', async ({ page, newBrowser, stack }) => {
    const [owner, stranger] = [uniqueEmail('owner'), uniqueEmail('stranger')];
    const client = await connect(stack, owner);
    await signIn(page, owner, '/clients');
    await expectListed(page, HOST);
    const path = await page.getByRole('link', { name: HOST }).getAttribute('href');
    const other = await newBrowser();
    await signIn(other, stranger, '/clients');
    const theirs = await other.goto(path ?? '');
    const missing = await other.request.get(`/clients/${'A'.repeat(43)}`);
    expect([theirs?.status(), missing.status()]).toEqual([404, 404]);
    await expect(other.getByText('This client does not exist, or it is not yours.')).toBeVisible();
    await expect(other.getByText(HOST)).toBeHidden();
    await client.close();
  });
});

test('the page of a client exports its calls and revokes it', async ({ page, stack }) => {
  const email = uniqueEmail('detail');
  const client = await connect(stack, email);
  await client.callTool('stored');
  await signIn(page, email, '/clients');
  await expectListed(page, HOST);
  await page.getByRole('link', { name: HOST }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(HOST);

  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'JSON' }).click();
  expect((await download).suggestedFilename()).toMatch(/\.json$/);

  await page.getByRole('button', { name: 'Revoke access' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke access' }).click();
  await expect(page.getByText(`Access revoked for ${HOST}.`)).toBeVisible();
  await client.close();
});

test('revoke all revokes every client', async ({ page, stack }) => {
  const email = uniqueEmail('all');
  const clients = [await connect(stack, email), await connect(stack, email, 'dcr')];
  await signIn(page, email, '/clients');
  await expectListed(page, HOST);
  await expectListed(page, 'Scripted client');
  await page.getByRole('button', { name: 'Revoke all' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke all' }).click();
  await expect(page.getByText('Access revoked for all apps.')).toBeVisible();
  for (const client of clients) {
    expect((await bearerCall(stack.appUrl, client.tokens?.access_token ?? '')).status).toBe(401);
    await client.close();
  }
});
