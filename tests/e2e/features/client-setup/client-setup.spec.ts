import { expect, test } from '../../fixtures.ts';

test('the client tabs of the landing page work by keyboard alone', async ({ page }) => {
  await page.goto('/');
  const tab = (name: string) => page.getByRole('tab', { name, exact: true });
  await tab('Claude Code').focus();
  await page.keyboard.press('ArrowRight');
  await expect(tab('ChatGPT')).toBeFocused();
  await expect(page.getByRole('tabpanel', { name: 'ChatGPT' })).toBeVisible();
  await page.keyboard.press('End');
  await expect(page.getByRole('tabpanel', { name: 'Your own code' })).toBeVisible();
  await page.keyboard.press('Home');
  await expect(tab('Claude')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('tabpanel', { name: 'Claude', exact: true }).locator(':focus')).toBeVisible();
});
