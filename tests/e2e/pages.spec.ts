import { connect, expect, signIn, somebody, test } from './fixtures.ts';

test('the client tabs of the landing page work by keyboard alone', async ({ page }) => {
  await page.goto('/');
  const tab = (name: string) => page.getByRole('tab', { name, exact: true });
  await tab('Claude Code').focus();
  await page.keyboard.press('ArrowRight');
  await expect(tab('ChatGPT')).toBeFocused();
  await expect(page.getByRole('tabpanel', { name: 'ChatGPT' })).toBeVisible();
  await page.keyboard.press('End');
  await expect(page.getByRole('tabpanel', { name: 'mcp-remote' })).toBeVisible();
  await page.keyboard.press('Home');
  await expect(tab('Claude')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('tabpanel', { name: 'Claude', exact: true }).locator(':focus')).toBeVisible();
});

test('the steps of the landing page are shown one after the other, also while one of them is awaited', async ({
  page,
}) => {
  await page.goto('/');
  const steps = page.locator('ol.sequence > li');
  const delays = () => steps.evaluateAll((all) => all.map((step) => getComputedStyle(step).animationDelay));
  const inTurn = ['0s', '0.25s', '0.5s', '0.75s', '1s'];
  expect(await delays()).toEqual(inTurn);
  // As React does it for a step whose answer has not come.
  await steps.nth(2).evaluate((step) => step.before(document.createElement('template')));
  expect(await delays()).toEqual(inTurn);
});

test('the server URL is copied, and the page says so', async ({ page, context, stack }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: stack.appUrl });
  await page.goto('/');
  await page.getByRole('button', { name: 'Copy Server URL' }).click();
  await expect(page.getByText('Copied to the clipboard')).toBeAttached();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${stack.appUrl}/mcp`);
});

test('a chosen theme is there from the first byte, and the reader stays where the switch is', async ({
  page,
}) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('/how-it-works');
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  const next = page.waitForResponse((response) => response.url().includes('/how-it-works'));
  await page.getByRole('button', { name: 'Dark' }).click();
  expect(await (await next).text()).toMatch(/<html[^>]* data-theme="dark"/);
  await expect(page.getByRole('button', { name: 'Dark' })).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByRole('button', { name: 'Dark' })).toBeInViewport();
  expect(await background()).not.toBe(light);
});

test('the skip link leads past the navigation', async ({ page }) => {
  await page.goto('/');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
});

test('a page with nothing on it says so and leads back', async ({ page }) => {
  const response = await page.request.get('/no/such/page');
  expect(response.status()).toBe(404);
  expect(await response.text()).toContain('Nothing is at this address');
});

test('without scripts how it works is all there, and the theme can be chosen', async ({ browser, stack }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: stack.appUrl });
  const page = await context.newPage();
  await page.goto('/how-it-works');
  await expect(page.getByText('WWW-Authenticate: Bearer resource_metadata=')).toBeVisible();
  await page.getByText('What if it were wrong?').first().click();
  await expect(page.getByText('the client has nowhere to go')).toBeVisible();
  await page.getByRole('button', { name: 'Dark' }).click();
  await expect(page).toHaveURL(/\/how-it-works#theme$/);
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await context.close();
});

test('without scripts a person can read what is connected and what it did', async ({
  browser,
  page,
  stack,
}) => {
  const email = somebody('reader');
  const client = await connect(stack, email);
  await client.callTool('list_notes');
  await signIn(page, email);
  const context = await browser.newContext({
    javaScriptEnabled: false,
    baseURL: stack.appUrl,
    storageState: await page.context().storageState(),
  });
  const still = await context.newPage();
  await still.goto('/clients');
  await expect(still.getByRole('row').filter({ hasText: 'client.test' })).toContainText('Active');
  await still.getByRole('link', { name: 'client.test' }).click();
  await expect(still.getByRole('region', { name: 'Activity' })).toContainText('list_notes');
  await still.getByRole('link', { name: 'Denied' }).click();
  await expect(still.getByText('None match this filter.')).toBeVisible();
  await context.close();
  await client.close();
});

test('a call moves "last used" in place while one watches', async ({ page, stack }) => {
  const email = somebody('watcher');
  const client = await connect(stack, email);
  await signIn(page, email);
  const row = page.getByRole('row').filter({ hasText: 'client.test' });
  const at = () => row.locator('time').first().getAttribute('datetime');
  const [before, place] = [await at(), await row.boundingBox()];
  await client.callTool('whoami');
  await expect.poll(at).not.toBe(before);
  expect(await row.boundingBox()).toEqual(place);
  await client.close();
});
