import { connect, expect, signIn, test, uniqueEmail } from '../../fixtures.ts';

test('the calls of a client are listed and filtered, without JavaScript too', async ({
  browser,
  page,
  stack,
}) => {
  const email = uniqueEmail('calls');
  const client = await connect(stack, email);
  await client.callTool('stored');
  await signIn(page, email, '/clients');
  await page.getByRole('link', { name: 'client.test' }).click();
  const activity = page.getByRole('region', { name: 'Activity' });
  await expect(activity).toContainText('identity');
  await expect(activity).toContainText('stored');
  const setUp = activity.getByText(/^(?:server\/discover|initialize|tools\/list)$/);
  await expect(setUp).toHaveCount(0);

  // A call while the page is open is announced, and shown on a click.
  const calls = activity.getByText('identity', { exact: true });
  const before = await calls.count();
  await client.callTool('identity');
  await activity.getByRole('button', { name: /new request/ }).click();
  await expect(calls).toHaveCount(before + 1);

  await activity.getByRole('link', { name: 'Set-up requests' }).click();
  await expect(setUp.first()).toBeVisible();

  const context = await browser.newContext({
    javaScriptEnabled: false,
    baseURL: stack.appUrl,
    storageState: await page.context().storageState(),
  });
  const still = await context.newPage();
  await still.goto(page.url());
  await expect(still.getByRole('region', { name: 'Activity' })).toContainText('stored');
  await still.getByRole('link', { name: 'Refused' }).click();
  await expect(still.getByText('No call matches this filter.')).toBeVisible();
  await still.getByRole('link', { name: 'All', exact: true }).click();
  await still.getByLabel('to', { exact: true }).fill('2020-01-01');
  await still.getByRole('button', { name: 'Filter' }).click();
  await expect(still.getByText('No call matches this filter.')).toBeVisible();
  await context.close();
  await client.close();
});
