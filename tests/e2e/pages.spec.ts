import { expect, test } from './fixtures.ts';

test('the copy button copies the server URL, and the page confirms it', async ({ page, context, stack }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: stack.appUrl });
  await page.goto('/');
  await page.getByRole('button', { name: 'Copy Server URL' }).click();
  await expect(page.getByText('Copied to the clipboard')).toBeAttached();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${stack.appUrl}/mcp`);
});

test('a chosen theme applies without a reload, keeps the switch in view, and is in the HTML of a reload', async ({
  page,
}) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('/');
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  await page.getByRole('button', { name: 'Dark' }).click();
  await expect(page.getByRole('button', { name: 'Dark' })).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByRole('button', { name: 'Dark' })).toBeInViewport();
  expect(await background()).not.toBe(light);
  expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
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
  await page.goto('/');
  await page.getByRole('button', { name: 'Dark' }).click();
  await expect(page).toHaveURL(/\/#theme$/);
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await context.close();
});
