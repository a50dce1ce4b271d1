import { connect, expect, signIn, test, uniqueEmail } from '../../fixtures.ts';

test('connected clients can be read without JavaScript', async ({ browser, page, stack }) => {
  const email = uniqueEmail('reader');
  const client = await connect(stack, email);
  await signIn(page, email, '/clients');
  const context = await browser.newContext({
    javaScriptEnabled: false,
    baseURL: stack.appUrl,
    storageState: await page.context().storageState(),
  });
  const still = await context.newPage();
  await still.goto('/clients');
  await expect(still.getByRole('row').filter({ hasText: 'client.test' })).toContainText('just now');
  await still.getByRole('link', { name: 'client.test' }).click();
  await expect(still.getByRole('region', { name: 'Access' })).toContainText('Know who you are');
  await context.close();
  await client.close();
});

test('a call updates "last used" in place while the page is open', async ({ page, stack }) => {
  const email = uniqueEmail('watcher');
  const client = await connect(stack, email);
  await signIn(page, email, '/clients');
  const row = page.getByRole('row').filter({ hasText: 'client.test' });
  const at = () => row.locator('time').first().getAttribute('datetime');
  const [before, place] = [await at(), await row.boundingBox()];
  await client.callTool('identity');
  await expect.poll(at).not.toBe(before);
  expect(await row.boundingBox()).toEqual(place);
  await client.close();
});

test('a page that needs a session redirects to sign-in and back', async ({ page }) => {
  await page.goto('/clients?show=revoked');
  await page.getByRole('button', { name: 'ben@example.com' }).click();
  await page.waitForURL('**/clients?show=revoked');
  await expect(page.getByRole('button', { name: 'Account of Ben Member' })).toBeVisible();
});
