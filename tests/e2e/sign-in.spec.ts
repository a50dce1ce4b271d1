import { listen } from '#tests/conformance/proxy.ts';
import { accountMenu, expect, signIn, signOut, test } from './fixtures.ts';

test('a user signs in, sees their email address, and signs out', async ({ page }) => {
  await signIn(page, 'ada@example.com', '/');
  await accountMenu(page).click();
  await expect(page.getByText('ada@example.com')).toBeVisible();
  await page.keyboard.press('Escape');
  await signOut(page);
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible();
  await expect(page.getByText('ada@example.com')).toHaveCount(0);
});

test('a user signs out although AuthKit redirects over another origin', async ({ page, baseURL }) => {
  await signIn(page, 'ada@example.com', '/');
  const elsewhere = await listen(async (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Signed out elsewhere</title>');
  });
  await page.route('**/user_management/sessions/logout?**', (route) =>
    route.fulfill({ status: 302, headers: { location: `http://127.0.0.1:${elsewhere.port}/` } }),
  );
  await signOut(page);
  await expect(page).toHaveTitle('Signed out elsewhere');
  await elsewhere.close();
  await page.goto(`${baseURL}/`);
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible();
});

test('a returnTo on another host ends on the start page', async ({ page, baseURL }) => {
  await page.goto(`/login?returnTo=${encodeURIComponent('//evil.example/')}`);
  await page.getByRole('button', { name: 'ben@example.com' }).click();
  await page.waitForURL(`${baseURL}/`);
});
