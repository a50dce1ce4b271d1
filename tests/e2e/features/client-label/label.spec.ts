import { connect, expect, signIn, test, uniqueEmail } from '../../fixtures.ts';

test('a person names a connection on its page, with and without JavaScript, and the list shows the name', async ({
  browser,
  page,
  stack,
}) => {
  const email = uniqueEmail('names');
  const client = await connect(stack, email);
  await signIn(page, email, '/clients');
  await page.getByRole('link', { name: 'client.test' }).click();
  await page.getByText('Add your own name').click();
  await page.getByLabel('Your name for this client').fill('work laptop');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();

  const context = await browser.newContext({
    javaScriptEnabled: false,
    baseURL: stack.appUrl,
    storageState: await page.context().storageState(),
  });
  const still = await context.newPage();
  await still.goto(page.url());
  await still.getByText('Rename').click();
  await still.getByLabel('Your name for this client').fill('old laptop');
  await still.getByRole('button', { name: 'Save' }).click();
  await expect(still.locator('summary')).toContainText(['old laptop']);
  await still.goto('/clients');
  await expect(still.getByRole('row').filter({ hasText: 'client.test' })).toContainText('old laptop');
  await context.close();
  await client.close();
});
