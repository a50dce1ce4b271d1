import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * A Chromium to test with: `CHROMIUM_PATH`, else one that Playwright or the machine has, else the one inside the npm
 * package `@sparticuz/chromium` (Linux on x64), so that `npm ci` is the whole set-up.
 *
 * @returns what Playwright's `launchOptions` need
 */
export async function browserLaunchOptions(): Promise<{ executablePath: string; args: string[] }> {
  const executablePath =
    process.env.CHROMIUM_PATH ||
    [chromium.executablePath(), ...INSTALLED].find((path) => existsSync(path)) ||
    (await packagedChromium());
  // Chromium refuses to run as root inside its sandbox.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return { executablePath, args };
}

async function packagedChromium(): Promise<string> {
  const { default: packaged } = await import('@sparticuz/chromium');
  return packaged.executablePath();
}
