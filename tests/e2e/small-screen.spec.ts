import { PAGES } from '#lib/config/pages.ts';
import { expect, test } from './fixtures.ts';

test.use({ viewport: { width: 360, height: 740 }, expectedErrors: [/status of 404/] });

const PATHS = [...PAGES.map(({ path }) => path), '/no-such-page'];

/** How far the page scrolls horizontally, in CSS pixels. */
const horizontalScroll = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;

for (const path of PATHS)
  test(`${path} fits a viewport of 360 pixels`, async ({ page }) => {
    await page.goto(path);
    expect(await page.evaluate(horizontalScroll)).toBe(0);
  });
