import type { Page } from '@playwright/test';
import { PAGES } from '#lib/config/pages.ts';
import { expect, signIn, test } from './fixtures.ts';

test.use({ expectedErrors: [/status of 404/] });

const PATHS = [...PAGES.map(({ path }) => path), '/clients/nothing', '/no-such-page'];
/** The narrowest phone (WCAG 2.2, 1.4.10), a usual one, and 1280 and 1536 pixels at a zoom of 200 %. */
const WIDTHS = [320, 360, 640, 768];

/** How far the page scrolls horizontally, in CSS pixels, and what of the header is outside of the viewport. */
function cutOff(page: Page) {
  return page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    header: [...document.querySelectorAll('header a, header nav, header button')]
      .filter(
        (element) =>
          element.checkVisibility() && !element.closest('[popover]') && !element.matches('.sr-only'),
      )
      .filter((element) => {
        const { left, right } = element.getBoundingClientRect();
        return left < 0 || right > innerWidth || element.scrollWidth > element.clientWidth + 1;
      })
      .map(({ textContent }) => textContent),
  }));
}

async function expectFits(page: Page, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await page.goto(path);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 740 });
      expect(await cutOff(page), `${path} at ${width} pixels`).toEqual({ scroll: 0, header: [] });
    }
  }
}

test('every public page fits a phone and a zoom of 200 % without a session', async ({ page }) =>
  expectFits(
    page,
    PAGES.flatMap((one) => (one.public ? one.path : [])),
  ));

test('every page fits a phone and a zoom of 200 % with a session', async ({ page }) => {
  test.slow();
  await signIn(page, 'ada@example.com', '/how-it-works');
  await expectFits(page, PATHS);
});

test('the menu of the user fits a phone', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 568 });
  await signIn(page, 'ada@example.com', '/how-it-works');
  await page.getByRole('button', { name: /^Account of / }).click();
  for (const name of ['System', 'Dark', 'Sign out'])
    await expect(page.getByRole('button', { name })).toBeInViewport({ ratio: 1 });
});

test('every page is printed light, without navigation and buttons, and with everything open', async ({
  page,
}) => {
  test.slow();
  await signIn(page, 'ada@example.com', '/how-it-works');
  await page.evaluate(() => fetch('/theme?theme=dark', { method: 'POST' }));
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  for (const path of PATHS) {
    await page.goto(path);
    const printed = await page.evaluate(() => {
      const visible = (selector: string) =>
        [...document.querySelectorAll(selector)].filter((element) => element.checkVisibility());
      const { backgroundColor, color } = getComputedStyle(document.body);
      return {
        backgroundColor,
        dark: Number(/\d+/.exec(color)) < 60,
        pressed: visible('header nav, footer, button:not([role=tab]), input[type=search]').length,
        closed: [...document.querySelectorAll('details > :not(summary)')].filter(
          (element) => !element.checkVisibility({ contentVisibilityAuto: true }),
        ).length,
      };
    });
    expect(printed, path).toEqual({
      backgroundColor: 'rgb(255, 255, 255)',
      dark: true,
      pressed: 0,
      closed: 0,
    });
  }
});
