import type { Page } from '@playwright/test';
import { startViewServer } from '#tests/support/view-server.ts';
import { expect, expectAccessible, signIn, test, uniqueEmail } from '../../fixtures.ts';

/** Opens the inspector on a server with views, which needs no authorization. */
async function connect(page: Page) {
  await signIn(page, uniqueEmail('views'), '/inspector');
  const server = await startViewServer(new URL(page.url()).origin);
  await page.getByLabel('URL of an MCP server').fill(server.url);
  await page.getByLabel('Authorization').last().selectOption('None');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  return server;
}

async function call(page: Page, tool: string) {
  await page.getByRole('region', { name: 'Tools' }).getByRole('button', { name: tool }).click();
  await page.getByRole('button', { name: `Call ${tool}`, exact: true }).click();
  return page.frameLocator(`iframe[title="View of ${tool}"]`);
}

test('a view shows the result of its tool, and acts only when the person agrees', async ({
  page,
  context,
}) => {
  await using server = await connect(page);
  const view = await call(page, 'good');
  await expect(view.getByText('host 2026-01-26')).toBeVisible();
  await expect(view.getByText('ui/notifications/tool-result')).toContainText('result of good');
  await expect(page.locator('iframe')).toHaveCSS('height', '800px');
  await expectAccessible(page);

  const dialog = page.getByRole('alertdialog');
  await view.getByRole('button', { name: 'Add' }).click();
  await expect(dialog.getByRole('button', { name: 'Call the tool' })).toBeDisabled();
  await expect(dialog).toContainText('The view calls add');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Decline' }).click();
  await expect(view.getByText('Add: ')).toContainText('The person declined.');
  expect(server.called).toEqual([]);
  await view.getByRole('button', { name: 'Add' }).click();
  await dialog.getByRole('button', { name: 'Call the tool' }).click();
  await expect(view.getByText('sum 5')).toBeVisible();
  expect(server.called).toEqual(['add']);

  await view.getByRole('button', { name: 'Hidden' }).click();
  await expect(view.getByText('Hidden: ')).toContainText('not for views');
  await view.getByRole('button', { name: 'Script' }).click();
  await expect(view.getByText('Script: ')).toContainText('Only https');
  await view.getByRole('button', { name: 'Read' }).click();
  await expect(view.getByText('Read: ')).toContainText('a note');
  await expect(dialog).toBeHidden();

  await context.route('https://example.com/**', (route) => route.fulfill({ body: 'opened' }));
  await view.getByRole('button', { name: 'Open' }).click();
  await expect(dialog).toContainText('https://example.com/path');
  const popup = page.waitForEvent('popup');
  await dialog.getByRole('button', { name: 'Open' }).click();
  expect(await (await popup).evaluate(() => [location.href, opener, document.referrer])).toEqual([
    'https://example.com/path',
    null,
    '',
  ]);

  await page.getByText('Messages of the view').click();
  await expect(page.getByText('View: ui/open-link').first()).toBeVisible();
  // What the view declares is opened only when the person says so, and adds no directive.
  await expect(page.getByText(/declares requests to https:\/\/api\.example\.com\./)).toBeVisible();
  const frame = page.waitForResponse(/view-frame\?connect/);
  await page.getByRole('button', { name: 'Allow and load again' }).click();
  const policy = (await frame).headers()['content-security-policy'] ?? '';
  expect(policy).toContain('connect-src https://api.example.com;');
  expect(policy).not.toContain('script-src *');
  await page.getByRole('button', { name: 'Close the view' }).click();
  await expect(page.locator('iframe')).toHaveCount(0);
});

test.describe('with the errors of a browser that refuses', () => {
  test.use({ expectedErrors: [/Content Security Policy|sandboxed|Refused to connect|violates/] });

  test('a hostile view reaches nothing but its host, and a wrong one is not shown', async ({ page }) => {
    await using server = await connect(page);
    const before = page.url();
    const view = await call(page, 'attack');
    await expect(view.getByText('done')).toBeVisible();
    const lines = await view.locator('p').allTextContents();
    expect(lines.filter((line) => line.includes('reached'))).toEqual([]);
    expect(lines.filter((line) => line.endsWith(': refused'))).toHaveLength(12);
    expect(page.url()).toBe(before);
    // The message of another window was ignored.
    await expect(page.getByRole('alertdialog')).toHaveCount(0);
    expect(server.called).toEqual([]);

    const leaving = await call(page, 'leave');
    await expect(page.locator('iframe')).toHaveCount(1);
    await expect(leaving.getByRole('heading')).toHaveCount(0);
    await expect.poll(() => page.frames().some((frame) => frame.url().endsWith('/clients'))).toBe(false);

    await call(page, 'huge');
    await expect(page.getByText('It is larger than 1 MiB.')).toBeVisible();
    await call(page, 'plain');
    await expect(page.getByText('Its mimeType is text/html')).toBeVisible();
  });
});

test('the frame of views has an origin of its own when it is opened by itself', async ({ page }) => {
  await page.goto('/inspector/view-frame');
  expect(await page.evaluate(() => self.origin)).toBe('null');
});

test('the frame of views writes only what its host says is a view', async ({ page }) => {
  await signIn(page, uniqueEmail('views'), '/inspector');
  await page.evaluate(async () => {
    const frame = Object.assign(document.createElement('iframe'), { src: '/inspector/view-frame' });
    frame.sandbox.add('allow-scripts');
    const ready = new Promise((resolve) => addEventListener('message', resolve, { once: true }));
    document.body.append(frame);
    await ready;
    // The result of a tool comes from the server, with any members.
    const result = { method: 'ui/notifications/tool-result', params: { html: '<p>A result</p>' } };
    const view = { method: 'ui/notifications/sandbox-resource-ready', params: { html: '<p>A view</p>' } };
    for (const message of [result, view]) frame.contentWindow?.postMessage(message, '*');
  });
  await expect(page.frameLocator('iframe').getByText('A view')).toBeVisible();
});
