import { expectAccessible, signIn, test } from './fixtures.ts';

const PUBLIC = ['/'];
const PERSONAL: string[] = [];

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(`with ${colorScheme} colours`, () => {
    test.use({ colorScheme });

    for (const path of PUBLIC)
      test(`axe finds nothing on ${path}`, async ({ page }) => {
        await page.goto(path);
        await expectAccessible(page);
      });

    for (const path of PERSONAL)
      test(`axe finds nothing on ${path}, signed in`, async ({ page }) => {
        await signIn(page, 'ada', path);
        await expectAccessible(page);
      });
  });
