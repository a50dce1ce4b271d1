import { PAGES } from '#lib/config/pages.ts';
import { accountMenu, expect, expectAccessible, signIn, test } from './fixtures.ts';

const PUBLIC = PAGES.flatMap(({ path, public: open }) => (open ? path : []));
const PATHS = [...PAGES.map(({ path }) => path), '/clients/nothing', '/no-such-page'];

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(`axe finds no violation in the ${colorScheme} color scheme`, () => {
    test.use({ colorScheme, expectedErrors: [/status of 404/] });

    for (const path of PUBLIC)
      test(`on ${path}`, async ({ page }) => {
        await page.goto(path);
        await expectAccessible(page);
      });

    test('on any page with a session, and in the menu of the user', async ({ page }) => {
      test.slow();
      await signIn(page, 'ada@example.com', '/how-it-works');
      for (const path of PATHS) {
        await page.goto(path);
        await expect(page.getByRole('main')).toHaveCount(1);
        await expectAccessible(page);
      }
      await accountMenu(page).click();
      await expectAccessible(page);
    });
  });
