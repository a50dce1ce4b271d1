import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
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

const CACHE = resolve('node_modules/.cache/chromium');

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

/**
 * Unpacks the Chromium of the npm package, once for each version, into a directory of this user below `node_modules`. The
 * package by itself runs the file at `$TMPDIR/chromium`, which any user can create.
 *
 * @returns path of the executable
 */
export async function packagedChromium(): Promise<string> {
  const manifest = new URL('../package.json', import.meta.resolve('@sparticuz/chromium'));
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
  const directory = join(CACHE, version);
  const executable = join(directory, 'chromium');
  if (existsSync(executable)) return executable;
  const { default: packaged } = await import('@sparticuz/chromium');
  mkdirSync(CACHE, { recursive: true });
  const unpacked = mkdtempSync(join(CACHE, 'unpacking-'));
  const { TMPDIR } = process.env;
  try {
    process.env.TMPDIR = unpacked;
    await packaged.executablePath();
    renameSync(unpacked, directory);
  } catch (error) {
    // Another process may have unpacked it at the same time.
    if (!existsSync(executable)) throw error;
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    rmSync(unpacked, { recursive: true, force: true });
  }
  return executable;
}
