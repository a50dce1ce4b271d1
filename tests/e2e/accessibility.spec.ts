import { PAGES } from '#lib/config/pages.ts';
import { expectAccessible, test } from './fixtures.ts';

const PATHS = [...PAGES.map(({ path }) => path), '/no-such-page'];

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(`axe finds no violation in the ${colorScheme} color scheme`, () => {
    test.use({ colorScheme, expectedErrors: [/status of 404/] });

    for (const path of PATHS)
      test(`on ${path}`, async ({ page }) => {
        await page.goto(path);
        await expectAccessible(page);
      });
  });
