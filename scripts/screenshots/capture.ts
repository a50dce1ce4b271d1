import { writeFileSync } from 'node:fs';
import type { Browser, Page } from '@playwright/test';
import { fileOf, type Shot, type ShotName, THEMES } from './shots.ts';

/** WebP quality, 0 to 1. A lower one shows artifacts around text. */
const QUALITY = 0.8;

/** Converts a PNG to WebP with the encoder of the browser. */
async function asWebp(browser: Browser, png: Buffer): Promise<Buffer> {
  const page = await browser.newPage();
  try {
    const base64 = await page.evaluate(
      async ([data, quality]) => {
        const image = new Image();
        image.src = `data:image/png;base64,${data}`;
        await image.decode();
        const canvas = document.createElement('canvas');
        canvas.width = image.naturalWidth;
        canvas.height = image.naturalHeight;
        canvas.getContext('2d', { alpha: false })?.drawImage(image, 0, 0);
        return canvas.toDataURL('image/webp', quality).split(',')[1] ?? '';
      },
      [png.toString('base64'), QUALITY] as const,
    );
    return Buffer.from(base64, 'base64');
  } finally {
    await page.close();
  }
}

/**
 * Captures one page in both themes and writes the files.
 *
 * @param open - brings a page of a new browser context to the state to capture
 * @returns the number of bytes written
 */
export async function capture(
  browser: Browser,
  { name, width, height }: Shot & { name: ShotName },
  open: (page: Page) => Promise<void>,
): Promise<number> {
  let bytes = 0;
  for (const theme of THEMES) {
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: 'UTC',
    });
    const page = await context.newPage();
    await open(page);
    // No element is in the hover state.
    await page.mouse.move(0, 0);
    await page.evaluate(() => document.fonts.ready);
    const webp = await asWebp(browser, await page.screenshot({ caret: 'hide' }));
    writeFileSync(fileOf(name, theme), webp);
    bytes += webp.length;
    await context.close();
  }
  return bytes;
}
