import { type Browser, chromium, type Page } from '@playwright/test';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { browserLaunchOptions } from '#tests/support/browser.ts';
import { startHostileMcpServer } from '#tests/support/hostile-mcp-server.ts';
import { invisibleIn, LEFT_OF_HIDDEN } from '#tests/support/hostile-text.ts';
import { signInToPages } from '#tests/support/page-session.ts';
import { type SharedStack, sharedStack } from '#tests/support/shared-stack.ts';

let stack: SharedStack;
let browser: Browser;

beforeAll(async () => {
  stack = await sharedStack();
  browser = await chromium.launch(await browserLaunchOptions());
});
afterAll(() => browser?.close());

/** The page of the inspector after a run, for a new user. */
async function inspect(url: string): Promise<Page> {
  const { cookies } = await signInToPages(stack.appUrl, `${crypto.randomUUID()}@example.com`);
  const context = await browser.newContext();
  await context.addCookies([...cookies].map(([name, value]) => ({ name, value, url: stack.appUrl })));
  const page = await context.newPage();
  await page.goto(`${stack.appUrl}/inspector`);
  await page.getByLabel('URL of an MCP server').fill(url);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  return page;
}

/** Expands everything, fails if anything on the page is more than text, and returns the text. */
async function expectTextOnly(page: Page): Promise<string> {
  const found = await page.evaluate(async () => {
    for (let shut = 1; shut > 0; ) {
      const folded = [...document.querySelectorAll('main details:not([open]) > summary')];
      for (const summary of folded) (summary as HTMLElement).click();
      for (const row of document.querySelectorAll('main [aria-expanded="false"]'))
        (row as HTMLElement).click();
      await new Promise(requestAnimationFrame);
      shut = folded.length;
    }
    const texts: string[] = [];
    for (const element of document.querySelectorAll('main *')) {
      const place = `${element.parentElement?.tagName} ${element.tagName}`;
      for (const node of element.childNodes)
        if (node.nodeType === Node.TEXT_NODE) texts.push(`${place}: ${node.nodeValue}`);
      for (const name of ['title', 'aria-label', 'alt', 'placeholder'])
        if (element.hasAttribute(name)) texts.push(`${place} ${name}: ${element.getAttribute(name)}`);
      if ('value' in element && element.tagName !== 'OPTION') texts.push(`${place} value: ${element.value}`);
    }
    return {
      pwned: 'pwned' in window,
      made: document.querySelectorAll('.pwned').length,
      links: [...document.links].map(({ href }) => href),
      pictures: [...document.images].map(({ src }) => src),
      texts,
    };
  });
  expect([found.pwned, found.made, found.pictures]).toEqual([false, 0, []]);
  expect(found.links.filter((url) => !url.startsWith('https:') && !url.startsWith(stack.appUrl))).toEqual([]);
  expect(found.texts.filter((text) => invisibleIn(text).length > 0)).toEqual([]);
  return found.texts.join('\n');
}

test('everything that a server says on discovery, sign-in and calls is shown as text', async () => {
  await using server = await startHostileMcpServer();
  const page = await inspect(server.url);
  expect(await expectTextOnly(page)).toContain(`scope${LEFT_OF_HIDDEN}`);

  await page.getByRole('button', { name: 'Connect with CIMD' }).click();
  await page.getByText('(session)').waitFor();
  await page.getByRole('region', { name: 'Tools' }).getByRole('button').click();
  let text = await expectTextOnly(page);
  for (const said of ['server title', 'instructions', 'tool', 'tool description', 'argument', 'granted'])
    expect(text).toContain(said + LEFT_OF_HIDDEN);

  await page.getByRole('button', { name: /^Call tool/ }).click();
  for (const tab of ['Structured', 'Raw', 'Content']) {
    await page.getByRole('tab', { name: tab, exact: true }).click();
    text = await expectTextOnly(page);
  }
  expect(text).toContain('resultabcdef[2Jg');
  for (const list of ['Resources', 'Resource templates', 'Prompts']) {
    await page.getByRole('region', { name: list, exact: true }).getByRole('button').click();
    await expectTextOnly(page);
  }
  for (const tab of ['Requests', 'Notifications', 'Discovery', 'Token', 'Capabilities']) {
    await page.getByRole('tab', { name: tab }).click();
    await expectTextOnly(page);
  }
  await page.context().close();
});

test('every error of a server is shown as text', async () => {
  await using server = await startHostileMcpServer();
  server.refuse.calls = true;
  const page = await inspect(server.url);
  await page.getByRole('button', { name: 'Connect with CIMD' }).click();
  await page.getByRole('region', { name: 'Tools' }).getByRole('button').click();
  await page.getByRole('button', { name: /^Call tool/ }).click();
  await page.getByText('The server returned an error').waitFor();
  expect(await expectTextOnly(page)).toContain(`error${LEFT_OF_HIDDEN}`);

  server.refuse.tokens = true;
  const again = await inspect(server.url);
  await again.getByRole('button', { name: 'Connect with CIMD' }).click();
  await again.getByText('refused').first().waitFor();
  expect(await expectTextOnly(again)).toContain(`description${LEFT_OF_HIDDEN}`);
  await Promise.all([page.context().close(), again.context().close()]);
});
