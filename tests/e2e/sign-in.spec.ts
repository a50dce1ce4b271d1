import { expect, signIn, test } from './fixtures.ts';

test('a person signs in, is named on the page, and signs out', async ({ page }) => {
  await signIn(page, 'ada', '/');
  await expect(page.getByText('ada@example.com')).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible();
  await expect(page.getByText('ada@example.com')).toBeHidden();
});
