import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { startStubMcpServer } from '#tests/support/stub-mcp-server.ts';
import { expect, expectAccessible, signIn, signOut, test, uniqueEmail } from '../../fixtures.ts';

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
  await page.getByRole('button', { name: 'Run again' }).click();
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
  const connection = page.getByRole('region', { name: 'Connection' });
  await expect(connection.getByText('DCR', { exact: true })).toBeVisible();
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
  const found = page.getByRole('region', { name: 'Findings' });
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

/** Moves the focus with the keyboard until it is on the control with this name. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const named =
    typeof name === 'string' ? (text: string) => text === name : (text: string) => name.test(text);
  for (let steps = 0; steps < 150; steps++) {
    const focused = await page.evaluate(() => {
      const element = document.activeElement === document.body ? null : document.activeElement;
      const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : undefined;
      return (element?.getAttribute('aria-label') ?? label ?? element?.textContent ?? '').trim();
    });
    if (named(focused)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`The keyboard does not reach ${name}`);
}

async function press(page: Page, name: string | RegExp): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press('Enter');
}

/** From the start of the page, which the skip link leads to. */
async function begin(page: Page): Promise<void> {
  await page.evaluate(() => document.getElementById('content')?.focus());
}

test.describe('the way from a wrong URL to an exported report, by keyboard', () => {
  for (const width of [360, 1280])
    test(`works at ${width} px`, async ({ page, stack }) => {
      test.setTimeout(120_000);
      await page.setViewportSize({ width, height: 800 });
      await signIn(page, uniqueEmail('keyboard'), '/inspector');

      // A wrong URL, and what is wrong with it.
      await begin(page);
      await tabTo(page, 'URL of an MCP server');
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type(`${stack.appUrl}/wrong`);
      await page.keyboard.press('Enter');
      await expect(page.getByRole('region', { name: 'Findings' })).toContainText('/mcp');

      // Fixed.
      await begin(page);
      await tabTo(page, 'URL of an MCP server');
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type(`${stack.appUrl}/mcp`);
      await page.keyboard.press('Enter');
      await expect(page.getByRole('button', { name: 'Connect with CIMD' })).toBeEnabled();
      await press(page, 'Connect with CIMD');
      await expect(page.getByRole('button', { name: 'Allow' })).toBeVisible();
      await press(page, 'Allow');
      await page.waitForURL('**/inspector');
      await expect(page.getByText('2026-07-28 (stateless)')).toBeVisible();

      // A long tool with progress, which is cancelled; no other tool is busy.
      await begin(page);
      await press(page, /^slow/);
      await tabTo(page, /^steps /);
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type('100');
      await tabTo(page, /^stepMilliseconds /);
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type('1000');
      await press(page, 'Call slow');
      await expect(page.getByRole('progressbar')).toHaveAttribute('max', '100');
      await expect(page.getByRole('region', { name: 'Result' }).getByRole('status')).toContainText('of 100');
      await press(page, 'Cancel');
      await expect(page.getByRole('region', { name: 'Result' })).toContainText('Cancelled');
      await expect(page.getByRole('button', { name: 'Call slow', exact: true })).toBeEnabled();

      // A step-up where the result is; the call is repeated after the consent.
      await begin(page);
      if (width < 1024) await press(page, 'All tools, prompts and resources');
      await press(page, /^scoped/);
      await press(page, 'Call scoped');
      await expect(page.getByText('new', { exact: true })).toBeVisible();
      await press(page, 'Sign in with these scopes and call again');
      await expect(page.getByRole('button', { name: 'Allow' })).toBeVisible();
      await press(page, 'Allow');
      await page.waitForURL('**/inspector');
      await expect(page.getByRole('tabpanel', { name: 'Content' })).toContainText('@example.com');

      // What was called before is still there, and is called again.
      await begin(page);
      await press(page, 'Replay scoped');
      await expect(page.getByRole('button', { name: 'Replay scoped' })).toHaveCount(3);
      await expectAccessible(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);

      // The report.
      await begin(page);
      await tabTo(page, 'Playground');
      await page.keyboard.press('ArrowRight');
      const download = page.waitForEvent('download');
      await press(page, /^(Export )?Markdown$/);
      const path = await (await download).path();
      expect(readFileSync(path, 'utf8')).toMatch(/tools\/call scoped/);
    });
});

test('a server without authorization is used beside another, and its questions are answered', async ({
  page,
}) => {
  await using stub = await startStubMcpServer({ header: ['x-api-key', 'key-canary'] });
  await signIn(page, uniqueEmail('servers'), '/inspector');
  await signInToServer(page);
  await page.getByRole('button', { name: 'Add a server' }).click();
  const visible = (name: string) => page.getByLabel(name).filter({ visible: true });
  await visible('URL of an MCP server').fill(stub.url);
  await visible('Authorization').last().selectOption('Custom headers');
  await visible('Name of header 1').fill('Host');
  await visible('Value of header 1').fill('key-canary');
  await expect(page.getByText('Host follows from the URL.').first()).toBeVisible();
  await visible('Name of header 1').fill('X-Api-Key');
  await page.getByRole('button', { name: 'Connect', exact: true }).filter({ visible: true }).click();
  await expect(page.getByText('2025-11-25 (session)')).toBeVisible();

  // A nested form, and a result that does not fit its schema.
  const tools = page.getByRole('region', { name: 'Tools' }).filter({ visible: true });
  await tools.getByRole('button', { name: 'order' }).click();
  await page.getByLabel(/^name/).first().fill('Ada');
  await page.getByRole('button', { name: 'Add to items' }).click();
  await page
    .getByRole('group', { name: /items 1/ })
    .getByLabel(/^name/)
    .fill('tea');
  await page.getByRole('button', { name: 'Edit as JSON' }).click();
  expect(JSON.parse(await page.getByLabel(/Arguments as JSON/).inputValue())).toEqual({
    customer: { name: 'Ada' },
    items: [{ name: 'tea', count: 1 }],
  });
  await page.getByRole('button', { name: 'Call order', exact: true }).click();
  await expect(page.getByText('The result does not fit the output schema')).toBeVisible();
  await expectAccessible(page);

  // Values that the server suggests; one that would be shown in another form is left out.
  await page.getByRole('region', { name: 'Prompts' }).getByRole('button', { name: 'greet' }).click();
  await page.getByLabel(/^town/).fill('Ber');
  await expect(page.locator('datalist option')).toHaveCount(2);
  await expect(page.locator('datalist option').first()).toHaveAttribute('value', 'Bergen');
  await page.getByRole('button', { name: 'Get messages' }).click();
  await expect(page.getByRole('region', { name: 'Result' })).toContainText('Greetings from Ber');

  await tools.getByRole('button', { name: 'ask' }).click();
  await page.getByRole('button', { name: 'Call ask', exact: true }).click();
  await page.getByLabel(/colour/).fill('red');
  await page.getByRole('button', { name: 'Send answer' }).click();
  await expect(page.getByRole('tabpanel', { name: 'Content' })).toContainText('red');

  await page.getByRole('tab', { name: 'Notifications' }).filter({ visible: true }).click();
  await page.getByRole('button', { name: 'Listen' }).filter({ visible: true }).click();
  await expect.poll(stub.listeners).toBe(1);
  stub.renameTool('renamed');
  await expect(tools.getByRole('button', { name: 'renamed' })).toBeVisible();

  // The first server is as it was, and nothing that was entered is stored.
  await page
    .getByRole('button', { name: /^localhost/ })
    .first()
    .click();
  await expect(page.getByText('2026-07-28 (stateless)')).toBeVisible();
  const stored = await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]));
  expect(stored).toContain('stub');
  expect(stored).not.toContain('key-canary');
});

test('a question of a tool is answered by a second call', async ({ page }) => {
  await signIn(page, 'ada', '/inspector');
  await signInToServer(page);
  await call(page, 'connections');
  const content = page.getByRole('tabpanel', { name: 'Content' });
  await expect(content).toContainText('"');
  const [id = ''] = /[\w-]{20,}/.exec((await content.textContent())?.split('id')[1] ?? '') ?? [];
  await page.getByRole('region', { name: 'Tools' }).getByRole('button', { name: 'revoke' }).click();
  await page.getByLabel(/^id/).fill(id);
  await page.getByRole('button', { name: 'Call revoke', exact: true }).click();
  const question = page.getByRole('group', { name: 'The server asks' });
  await expect(question).toContainText('Revoke this connection?');
  await question.getByRole('button', { name: 'Decline' }).click();
  await expect(content).toContainText('did not agree');
});

test('a result is still there after a reload and a change of the theme', async ({ page }) => {
  await signIn(page, uniqueEmail('kept'), '/inspector');
  await signInToServer(page);
  await call(page, 'identity');
  const content = page.getByRole('tabpanel', { name: 'Content' });
  await expect(content).toContainText('client-metadata.json');
  await page.reload();
  await expect(content).toContainText('client-metadata.json');
  await page.getByRole('button', { name: 'Call identity', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Replay identity' })).toHaveCount(2);
});
