import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, test, vi } from 'vitest';
import { browserLaunchOptions, packagedChromium } from '#tests/support/browser.ts';

test('the packaged browser is unpacked for this user alone, and a file in the temporary directory is not run', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'foreign-chromium-'));
  writeFileSync(join(directory, 'chromium'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  vi.stubEnv('TMPDIR', directory);
  const executable = await packagedChromium();
  expect(executable.startsWith(resolve('node_modules'))).toBe(true);
  expect(process.env.TMPDIR).toBe(directory);
  const { mode, uid } = statSync(dirname(executable));
  expect([mode & 0o777, uid]).toEqual([0o700, process.getuid?.()]);
  expect(statSync(executable).size).toBeGreaterThan(1_000_000);
  expect(await packagedChromium()).toBe(executable);
  rmSync(directory, { recursive: true });
});

test('the browser keeps the rules of the web: no option turns its security off', async () => {
  vi.stubEnv('CHROMIUM_PATH', '/usr/bin/any-chromium');
  expect((await browserLaunchOptions()).args).not.toContain('--disable-web-security');
});
