import { connect, expect, signIn, test, uniqueEmail } from '../../fixtures.ts';

test.use({ viewport: { width: 360, height: 740 } });

/** How far the page scrolls horizontally, in CSS pixels. */
const horizontalScroll = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;

test('the list of clients and the page of a client fit a viewport of 360 pixels', async ({ page, stack }) => {
  const email = uniqueEmail('small');
  const client = await connect(stack, email);
  await signIn(page, email, '/clients');
  const link = page.getByRole('link', { name: 'client.test' });
  await expect(link).toBeVisible();
  expect(await page.evaluate(horizontalScroll)).toBe(0);
  await link.click();
  await expect(page.getByRole('region', { name: 'Identity' })).toBeVisible();
  await page.locator('main details').evaluateAll((all) => {
    for (const details of all) (details as HTMLDetailsElement).open = true;
  });
  await page.setViewportSize({ width: 320, height: 740 });
  expect(await page.evaluate(horizontalScroll)).toBe(0);
  await client.close();
});
