import { connect, expect, expectAccessible, signIn, test, uniqueEmail } from '../../fixtures.ts';

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(`axe finds no violation in the ${colorScheme} color scheme`, () => {
    test.use({ colorScheme });

    test('on the empty list of clients', async ({ page }) => {
      await signIn(page, uniqueEmail('axe'), '/clients');
      await expectAccessible(page);
    });

    test('on the list of clients, its dialog, and the page of a client', async ({ page, stack }) => {
      const email = uniqueEmail('axe');
      const clients = [await connect(stack, email), await connect(stack, email, 'dcr')];
      await signIn(page, email, '/clients');
      await expect(page.getByRole('link', { name: 'client.test' })).toBeVisible();
      await expectAccessible(page);

      await page.getByRole('button', { name: 'Revoke all' }).click();
      await expect(page.getByRole('alertdialog')).toBeVisible();
      await expectAccessible(page);
      await page.keyboard.press('Escape');

      await page.getByRole('link', { name: 'client.test' }).click();
      await expect(page.getByRole('region', { name: 'Identity' })).toBeVisible();
      await expectAccessible(page);
      for (const client of clients) await client.close();
    });
  });
