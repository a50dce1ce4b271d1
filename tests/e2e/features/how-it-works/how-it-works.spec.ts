import { connect, expect, signIn, test, uniqueEmail } from '../../fixtures.ts';

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

test('How it works shows a signed-in person the claims of their own client, and never a token', async ({
  page,
  stack,
}) => {
  const claims = page.getByRole('region', { name: 'Sign-in and consent' }).getByRole('figure');
  await page.goto('/how-it-works');
  await expect(claims).toContainText('"sub": "user_…"');
  const email = uniqueEmail('claims');
  await signIn(page, email, '/how-it-works');
  await expect(claims).toContainText('Claims of an access token that a client gets for you');
  const client = await connect(stack, email, 'dcr');
  const { structuredContent } = await client.callTool('identity');
  const { subject, clientId } = structuredContent as { subject: string; clientId: string };
  await expect(async () => {
    await page.reload();
    await expect(claims).toContainText(`"client_id": "${clientId}"`, { timeout: 500 });
  }).toPass();
  await expect(claims).toContainText(`"sub": "${subject}"`);
  expect(await page.content()).not.toContain(client.tokens?.access_token ?? 'no token');
  await client.close();
});

test('the list of steps marks the step that is read', async ({ page }) => {
  await page.goto('/how-it-works');
  const current = page.getByRole('navigation', { name: 'Steps' }).locator('[aria-current=step]');
  await expect(current).toHaveText(/A call without a token/);
  await page.getByRole('heading', { name: 'Review and revoke access' }).evaluate((it) => it.scrollIntoView());
  await expect(current).toHaveText(/Review and revoke access/);
});

test('each step leads to the inspector, with the URL of this server', async ({ page }) => {
  await page.goto('/how-it-works');
  const links = page.getByRole('link', { name: /^Try it in the inspector/ });
  await expect(links).toHaveCount(7);
  const { searchParams } = new URL((await links.first().getAttribute('href')) ?? '', page.url());
  expect(searchParams.get('url')).toBe(new URL('/mcp', page.url()).href);
});
