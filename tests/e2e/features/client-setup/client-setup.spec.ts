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

test('the chosen client is in the URL, also without JavaScript', async ({ page, browser, stack }) => {
  const panel = (name: string) => page.getByRole('tabpanel', { name, exact: true });
  await page.goto('/?client=zed#connect');
  await expect(panel('Zed')).toBeVisible();
  await page.getByRole('tab', { name: 'Goose' }).click();
  await expect(panel('Goose')).toBeVisible();
  await expect(page).toHaveURL(/\/\?client=goose#connect$/);
  await page.reload();
  await expect(panel('Goose')).toBeVisible();

  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: stack.appUrl });
  const plain = await context.newPage();
  await plain.goto('/?client=no-such-client');
  await plain.getByRole('navigation', { name: 'Clients' }).getByRole('link', { name: 'Cursor' }).click();
  await expect(plain).toHaveURL(/\/\?client=cursor#connect$/);
  await plain.getByRole('tab', { name: 'Zed' }).click();
  await expect(plain.getByRole('tabpanel', { name: 'Zed' })).toBeVisible();
  await context.close();
});
