import { expect, signIn, test } from './fixtures.ts';

test('a user signs in, sees their email address, and signs out', async ({ page }) => {
  await signIn(page, 'ada@example.com', '/');
  await expect(page.getByText('ada@example.com')).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible();
  await expect(page.getByText('ada@example.com')).toBeHidden();
});

test('a returnTo on another host ends on the start page', async ({ page, baseURL }) => {
  await page.goto(`/login?returnTo=${encodeURIComponent('//evil.example/')}`);
  await page.getByRole('button', { name: 'ben@example.com' }).click();
  await page.waitForURL(`${baseURL}/`);
});
