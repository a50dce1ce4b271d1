import { expect, signIn, test } from './fixtures.ts';

test('a person signs in, is named on the page, and signs out', async ({ page }) => {
  await signIn(page, 'ada@example.com', '/');
  await expect(page.getByText('ada@example.com')).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible();
  await expect(page.getByText('ada@example.com')).toBeHidden();
});

test('a page about a person asks who it is, and comes back after', async ({ page }) => {
  await page.goto('/clients?state=revoked');
  await page.getByRole('button', { name: 'ben@example.com' }).click();
  await page.waitForURL('**/clients?state=revoked');
  await expect(page.getByText('ben@example.com')).toBeVisible();
});

test('nobody is sent elsewhere after signing in', async ({ page, baseURL }) => {
  await page.goto(`/login?returnTo=${encodeURIComponent('//evil.example/clients')}`);
  await page.getByRole('button', { name: 'ben@example.com' }).click();
  await page.waitForURL(`${baseURL}/`);
});
