import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { expect, expectAccessible, signIn, signOut, test } from '../../fixtures.ts';

const exchange = (page: Page, title: string) =>
  page.getByRole('listitem').getByRole('button', { name: title }).last();

/** Runs the inspector on this server and connects with our client metadata document. */
async function signInToServer(page: Page, decision: 'Allow' | 'Deny' = 'Allow'): Promise<void> {
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('button', { name: 'Connect with CIMD' }).click();
  await page.getByRole('button', { name: decision }).click();
  await page.waitForURL('**/inspector');
}

async function call(page: Page, tool: string): Promise<void> {
  await page.getByRole('region', { name: 'Tools' }).getByRole('button', { name: tool }).click();
  await page.getByRole('button', { name: `Call ${tool}`, exact: true }).click();
}

test('the inspector shows each request of discovery and highlights the deciding field', async ({ page }) => {
  await signIn(page, 'ada', '/inspector');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Discovery, requests' }).getByRole('listitem')).toHaveCount(5);

  await exchange(page, 'server/discover without a token').click();
  await expect(page.locator('mark')).toHaveText(/^resource_metadata="http/);
  await page.getByText('Open dynamic client registration is enabled').click();
  await page.getByRole('button', { name: 'Request 5' }).click();
  await expect(page.locator('mark')).toHaveText('client_id_metadata_document_supported": true');
  await expectAccessible(page);
});

test('the inspector signs in with CIMD, calls a tool, is listed as a client, and is refused once revoked', async ({
  page,
}) => {
  await signIn(page, 'ada', '/inspector');
  await signInToServer(page);
  await expect(page.getByText('2026-07-28 (stateless)')).toBeVisible();
  await call(page, 'identity');
  await expect(page.getByRole('tabpanel', { name: 'Content' })).toContainText('client-metadata.json');
  await expectAccessible(page);
  expect(page.url()).not.toMatch(/code|state|token/);

  await page.goto('/clients');
  await expect(page.getByText('client.test').first()).toBeVisible();
  await page.getByRole('button', { name: 'Revoke all' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke all' }).click();
  await expect(page.getByRole('alertdialog')).toBeHidden();

  await page.goto('/inspector');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(
    page.getByRole('alert').filter({ hasText: 'no longer accepts the access token' }),
  ).toBeVisible();
  await expect(page.getByText('the grant was revoked or has ended')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Connect with CIMD' })).toBeVisible();
});

test('the inspector steps up when a tool needs more scopes', async ({ page }) => {
  await signIn(page, 'ben', '/inspector');
  await signInToServer(page);
  await call(page, 'scoped');
  await page.getByRole('button', { name: 'Sign in with these scopes and call again' }).click();
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.waitForURL('**/inspector');
  // The call is repeated by itself.
  await expect(page.getByRole('tabpanel', { name: 'Content' })).toContainText('ben@example.com');
  await page.getByRole('button', { name: 'Refresh token' }).click();
  await page.getByRole('tab', { name: 'Token' }).click();
  await expect(page.getByText(/^openid profile.* email$/).first()).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('tab', { name: 'Discovery' }).click();
  await expect(exchange(page, 'Refresh')).toContainText('200');
});

test('the inspector shows a finding when consent was denied', async ({ page }) => {
  await signIn(page, 'ben', '/inspector');
  await signInToServer(page, 'Deny');
  await expect(page.getByText('The authorization server refused')).toBeVisible();
  await expect(page.getByText('Sign in again to give consent.')).toBeVisible();
});

test('the inspector registers a client only after a confirmation', async ({ page }) => {
  await signIn(page, 'ben', '/inspector');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByText('Other client types (DCR, pre-registered)').click();
  await page.getByRole('button', { name: 'Register a client' }).click();
  await expect(page.getByRole('alertdialog')).toContainText('is never deleted');
  await page.getByRole('button', { name: 'Register and connect' }).click();
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.waitForURL('**/inspector');
  await expect(page.getByText('DCR', { exact: true })).toBeVisible();
});

test('the inspector redirects to sign-in without a session', async ({ page }) => {
  await page.goto('/inspector');
  await expect(page).toHaveURL(/returnTo|authorize/);
});

test('the inspector is a numbered list at 360 px and does not scroll sideways', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 780 });
  await signIn(page, 'ada', '/inspector');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByText('Client → Authorization server')).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await expectAccessible(page);
});

test('the inspector shows each request before its response arrives, and a run can be cancelled', async ({
  page,
}) => {
  // Answers at its endpoint, and never anywhere else.
  const slow = createServer((request, response) => {
    if (request.url === '/mcp') response.writeHead(request.method === 'POST' ? 401 : 404).end();
  });
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
  await signIn(page, 'ada', '/inspector');
  await page
    .getByLabel('URL of an MCP server')
    .fill(`http://localhost:${(slow.address() as AddressInfo).port}/mcp`);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(exchange(page, 'Protected resource metadata, path')).toContainText('waiting');
  await expect(exchange(page, 'server/discover without a token')).toContainText('401');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('What was not requested is not known.')).toBeVisible();
  await expect(exchange(page, 'Protected resource metadata, path')).toContainText('no response');
  slow.closeAllConnections();
  await new Promise((resolve) => slow.close(resolve));
});

test('the inspector says what is wrong with a URL, and leads to the right one', async ({ page }) => {
  const found = page.locator('section[aria-labelledby="findings"]');
  const run = async (url: string) => {
    await page.getByLabel('URL of an MCP server').fill(url);
    await page.keyboard.press('Enter');
  };
  const { host } = new URL((await page.goto('/'))?.url() ?? '');

  // A link opens the inspector on a server, keeps it over sign-in, and sends nothing.
  await signIn(page, 'ada', `/inspector?url=${encodeURIComponent(`http://${host}`)}`);
  await expect(page.getByLabel('URL of an MCP server')).toHaveValue(`http://${host}`);
  await expect(page.getByText('This URL comes from a link.')).toBeVisible();
  await expect(page.getByText('Nothing run yet')).toBeVisible();

  await run('http://ada:geheim-1234@localhost/mcp');
  await expect(found.getByText('The URL has a user name or a password.')).toBeVisible();
  await run('javascript:alert(1)');
  await expect(found.getByText('Only https URLs can be inspected')).toBeVisible();
  await run('localhost:1/mcp');
  await expect(page.getByLabel('URL of an MCP server')).toHaveValue('http://localhost:1/mcp');
  await expect(found.getByText('localhost:1 refused the connection.')).toBeVisible();
  await expectAccessible(page);
  // What ran is remembered, and what was refused is not.
  const recent = page.getByRole('list', { name: 'Recent URLs' }).getByRole('listitem');
  await expect(recent).toHaveText(['http://localhost:1/mcp']);
  expect(await page.evaluate(() => JSON.stringify(Object.entries(localStorage)))).not.toContain('geheim');
  await page.getByRole('button', { name: 'Remove http://localhost:1/mcp from the recent URLs' }).click();
  await expect(recent).toHaveCount(0);

  await run(host);
  await expect(found.getByText('This is not the URL of the MCP server')).toBeVisible();
  await page.getByRole('button', { name: `Run on http://${host}/mcp` }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expect(found.getByText('By the rules of MCP 2026-07-28')).toBeVisible();

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export SARIF' }).click();
  expect((await download).suggestedFilename()).toBe('mcp-report.sarif');
});

test('the inspector shows nothing of the previous user of a tab', async ({ page }) => {
  await signIn(page, 'ada', '/inspector');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await signOut(page);
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible();
  await signIn(page, 'ben', '/inspector');
  await expect(page.getByText('Nothing run yet')).toBeVisible();
});
