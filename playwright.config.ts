import { defineConfig } from '@playwright/test';
import { browserLaunchOptions } from './tests/support/browser.ts';

export default defineConfig({
  testDir: 'tests/e2e',
  globalSetup: './tests/support/browser-setup.ts',
  // One stack, one browser: two cores are shared with the app under test.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  retries: 0,
  reporter: [['line']],
  outputDir: 'test-results',
  use: {
    launchOptions: await browserLaunchOptions(),
    // Pictures of every step would take a fifth of the time; the trace has the document of every step.
    trace: { mode: 'retain-on-failure', screenshots: false },
    locale: 'en-GB',
    timezoneId: 'UTC',
  },
});
