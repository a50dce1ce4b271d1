import { AxeBuilder } from '@axe-core/playwright';
import { type BrowserContext, test as base, expect, type Locator, type Page } from '@playwright/test';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { type Stack, startStack } from '#tests/support/stack.ts';

export { expect };

/** An address of a new user, without connections. Local AuthKit accepts any email address. */
export function uniqueEmail(name: string): string {
  return `${name}-${crypto.randomUUID().slice(0, 8)}@example.com`;
}

type Fixtures = {
  /** Errors in the browser console that the test expects; any other error fails the test. */
  expectedErrors: RegExp[];
  /** A second browser context, for another user; its errors fail the test too. */
  newBrowser: () => Promise<Page>;
};

export const test = base.extend<Fixtures, { stack: Stack }>({
  stack: [
    async ({ browserName: _ }, use) => {
      const stack = await startStack();
      await use(stack);
      await stack.stop();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  baseURL: async ({ stack }, use) => use(stack.appUrl),
  expectedErrors: [[], { option: true }],
  context: async ({ context, expectedErrors }, use) => {
    const errors = watch(context);
    await use(context);
    expect(unexpected(errors, expectedErrors)).toEqual([]);
  },
  newBrowser: async ({ browser, contextOptions, expectedErrors }, use) => {
    const opened: { context: BrowserContext; errors: string[] }[] = [];
    await use(async () => {
      const context = await browser.newContext(contextOptions);
      opened.push({ context, errors: watch(context) });
      return context.newPage();
    });
    for (const { context } of opened) await context.close();
    expect(opened.flatMap(({ errors }) => unexpected(errors, expectedErrors))).toEqual([]);
  },
});

/** Collects the errors of every page in a browser context. */
function watch(context: BrowserContext): string[] {
  const errors: string[] = [];
  context.on('console', (message) => {
    if (message.type() === 'error' || /hydrat|Content Security Policy/i.test(message.text()))
      errors.push(`console at ${message.page()?.url()}: ${message.text()}`);
  });
  context.on('weberror', (error) => errors.push(`uncaught: ${error.error().message}`));
  return errors;
}

function unexpected(errors: string[], expected: RegExp[]): string[] {
  return errors.filter((error) => !expected.some((pattern) => pattern.test(error)));
}

/**
 * Signs a user in through the pages and waits for the page at `returnTo`.
 *
 * @param email - an account of the picker, or any other address
 */
export async function signIn(page: Page, email: string, returnTo = '/'): Promise<void> {
  await page.goto(`/login?returnTo=${encodeURIComponent(returnTo)}`);
  const known = page.getByRole('button', { name: email });
  if ((await known.count()) > 0) await known.click();
  else {
    await page.getByLabel('Someone else').fill(email);
    await page.getByRole('button', { name: 'Continue' }).click();
  }
  await page.waitForURL((url) => url.pathname === new URL(returnTo, url).pathname);
}

/** The button of the header that opens the menu with the name of the user, the theme, and sign-out. */
export function accountMenu(page: Page): Locator {
  return page.getByRole('button', { name: /^Account of / });
}

/** Signs the user out through the menu of the header. */
export async function signOut(page: Page): Promise<void> {
  await accountMenu(page).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
}

/** Connects the official MCP client for a user: discovery, sign-in, consent and a first call. */
export async function connect(
  stack: Stack,
  account: string,
  registration: 'cimd' | 'dcr' = 'cimd',
): Promise<ScriptedClient> {
  const client = await ScriptedClient.connect({
    url: `${stack.appUrl}/mcp`,
    account,
    registration,
    era: 'auto',
  });
  await client.callTool('identity');
  return client;
}

/** Expects that axe finds no violation after the animations of the page have ended. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ending = () =>
      document
        .getAnimations()
        .filter(
          ({ effect, playState }) =>
            playState !== 'finished' && Number.isFinite(effect?.getComputedTiming().endTime),
        )
        .map(({ finished }) => finished);
    // Content that appears meanwhile starts animations of its own.
    for (let fades = ending(); fades.length > 0; fades = ending()) await Promise.allSettled(fades);
  });
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map(({ html }) => html) }));
  expect(found, `axe on ${page.url()}`).toEqual([]);
}
