import { expect, test } from '../../fixtures.ts';

test('the steps of the landing page appear one after the other, also while one of them is loading', async ({
  page,
}) => {
  await page.goto('/');
  const steps = page.getByRole('region', { name: 'How clients connect' }).getByRole('listitem');
  const delays = () => steps.evaluateAll((all) => all.map((step) => getComputedStyle(step).animationDelay));
  const inTurn = ['0s', '0.25s', '0.5s', '0.75s', '1s'];
  expect(await delays()).toEqual(inTurn);
  // React puts a template before a step that is still loading.
  await steps.nth(2).evaluate((step) => step.before(document.createElement('template')));
  expect(await delays()).toEqual(inTurn);
});

test('How it works is complete without JavaScript', async ({ browser, stack }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: stack.appUrl });
  const page = await context.newPage();
  await page.goto('/how-it-works');
  await expect(page.getByText('WWW-Authenticate: Bearer resource_metadata=')).toBeVisible();
  await page.getByText('Common mistakes').first().click();
  await expect(page.getByText('the client cannot continue')).toBeVisible();
  await context.close();
});
