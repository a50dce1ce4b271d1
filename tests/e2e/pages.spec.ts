import { expect, test } from './fixtures.ts';

test('the copy button copies the server URL, and the page confirms it', async ({ page, context, stack }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: stack.appUrl });
  await page.goto('/');
  await page.getByRole('button', { name: 'Copy Server URL' }).click();
  await expect(page.getByText('Copied to the clipboard')).toBeAttached();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${stack.appUrl}/mcp`);
});

test('a chosen theme applies in place without another rendering, and is in the HTML of a reload', async ({
  page,
}) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('/how-it-works');
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  const requests: string[] = [];
  page.on('request', (request) => requests.push(`${request.method()} ${new URL(request.url()).pathname}`));
  await page.getByRole('button', { name: 'Theme' }).click();
  const stored = page.waitForResponse((response) => response.url().includes('/theme?'));
  await page.getByRole('button', { name: 'Dark' }).click();
  await expect(page.getByRole('button', { name: 'Dark' })).toHaveAttribute('aria-pressed', 'true');
  expect(await background()).not.toBe(light);
  await stored;
  expect(requests).toEqual(['POST /theme']);
  expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Dark' })).toBeHidden();
  await expect(page.getByRole('button', { name: 'Theme' })).toBeFocused();
  expect(page.url()).toMatch(/\/how-it-works$/);
  expect(await (await page.reload())?.text()).toMatch(/<html[^>]* data-theme="dark"/);
});

test('the skip link moves the focus past the navigation', async ({ page }) => {
  await page.goto('/');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
});

test('an unknown path returns 404 and the not-found page', async ({ page }) => {
  const response = await page.request.get('/no/such/page');
  expect(response.status()).toBe(404);
  expect(await response.text()).toContain('Page not found');
});

test('the theme can be chosen without JavaScript', async ({ browser, stack }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: stack.appUrl });
  const page = await context.newPage();
  await page.goto('/sign-in-failed?reason=x');
  await page.getByRole('button', { name: 'Theme' }).click();
  await page.getByRole('button', { name: 'Dark' }).click();
  await expect(page).toHaveURL(`${stack.appUrl}/sign-in-failed?reason=x`);
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await context.close();
});
