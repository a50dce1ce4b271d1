import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { workosRequest } from '#tests/support/local-authkit.ts';
import { connect, expect, expectAccessible, signIn, test, uniqueEmail } from '../../fixtures.ts';

/** The host of the client metadata document that local AuthKit can read without a network. */
const HOST = 'client.test';

const section = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Organization' }).getByRole('link', { name });
const entry = (page: Page, ...texts: string[]) =>
  texts.reduce((rows, text) => rows.filter({ hasText: text }), page.getByRole('row'));

/** Calls are written in batches, shortly after they were answered. */
async function expectShown(page: Page, ...texts: string[]): Promise<void> {
  await expect(async () => {
    await page.reload();
    await expect(entry(page, ...texts).first()).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
}

test('a person limits a client, an admin blocks its host and reads both in the log, and the person deletes their data', async ({
  page,
  newBrowser,
  stack,
}) => {
  test.slow();
  const organization = `Home ${crypto.randomUUID().slice(0, 8)}`;
  const member = uniqueEmail('member');
  const admin = uniqueEmail('admin');
  const join = (email: string, role: string, permissions: string[]) =>
    workosRequest(stack.authkitUrl, 'POST', '/_local/people', { email, organization, role, permissions });
  await join(member, 'member-of-home', []);
  await join(admin, 'admin-of-home', ['organization:manage']);

  await signIn(page, admin, '/organization');
  await expect(page.getByRole('heading', { name: organization })).toBeVisible();
  await expect(page.getByText('No connections yet')).toBeVisible();
  const main = page.getByRole('navigation', { name: 'Main' });
  await expect(main.getByRole('link', { name: 'Organization' })).toHaveAttribute('aria-current', 'page');
  await expectAccessible(page);

  const client = await connect(stack, member);
  const answer = async (tool: string) => {
    const { isError, content } = await client.callTool(tool, { text: 'written' });
    return `${isError === true ? 'refused' : 'answered'}: ${content.map((part) => (part.type === 'text' ? part.text : '')).join()}`;
  };
  expect(await answer('store')).toMatch(/^answered/);

  const own = await newBrowser();
  await signIn(own, member, '/clients');
  await expectShown(own, HOST);
  await own.getByRole('row').filter({ hasText: HOST }).getByRole('link').first().click();
  await own.getByText('Edit access').click();
  await own.getByLabel('Read-only').check();
  await expectAccessible(own);
  await own.getByRole('button', { name: 'Save limits' }).click();
  await expect(own.getByText('Saved. In force everywhere')).toBeVisible();
  await expectAccessible(own);
  expect(await answer('store')).toMatch(/^refused: The person whom this client acts for limited this client/);
  expect(await answer('identity')).toMatch(/^answered/);

  await page.goto('/organization');
  await expectShown(page, HOST, member);
  await expectAccessible(page);
  for (const view of ['By app', 'By person']) {
    await page.getByRole('link', { name: view }).click();
    await expect(page.getByRole('link', { name: view })).toHaveAttribute('aria-current', 'true');
    await expectAccessible(page);
  }
  await page.getByRole('searchbox').fill('nothing has this name');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByText('Nothing matches')).toBeVisible();
  await expectAccessible(page);

  await section(page, 'Access policy').click();
  await page.getByLabel('Blocked hosts').fill('someone@evil.example');
  await page.getByRole('button', { name: 'Review' }).click();
  await expect(page.getByText('is not a host').first()).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('Blocked hosts').fill(HOST);
  await page.getByRole('button', { name: 'Review' }).click();
  await expect(page.getByText('The lists refuse 1 connection of 1 person')).toBeVisible();
  await expectAccessible(page);
  expect(await answer('identity')).toMatch(/^answered/);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved. It is in force')).toBeVisible();
  await expectAccessible(page);
  expect(await answer('identity')).toMatch(/^refused: The organization blocks clients of client\.test/);

  await section(page, 'Audit log').click();
  await expectShown(page, member, 'host blocked');
  await expect(entry(page, member, 'store', 'read only')).toHaveCount(1);
  await expect(entry(page, member, 'Changed limits')).toHaveCount(1);
  await expect(entry(page, admin, 'Changed the access policy', HOST)).toHaveCount(1);
  await expectAccessible(page);
  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: 'JSON' }).click();
  const file = readFileSync(await (await downloading).path(), 'utf8');
  expect(JSON.parse(file)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ kind: 'act', by: admin, act: 'changed_policy' }),
      expect.objectContaining({ kind: 'call', email: member, reason: 'host_blocked' }),
    ]),
  );
  expect(file).not.toContain('written');
  await page.getByLabel('Tool').fill('no such tool');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page.getByText('Nothing in this range')).toBeVisible();
  await expectAccessible(page);

  await section(page, 'Connections').click();
  await page.getByRole('link', { name: `Revoke ${HOST}` }).click();
  await expect(page.getByRole('heading', { name: `Revoke ${HOST}` })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByText('Revoked. The calls of these connections are refused')).toBeVisible();
  await expectAccessible(page);
  await section(page, 'Audit log').click();
  await expect(entry(page, admin, 'Revoked a connection', `${HOST} of ${member}`)).toHaveCount(1);

  await own.goto('/account');
  const deletion = own.getByRole('region', { name: 'Delete your data' });
  await deletion.getByRole('textbox').fill(member);
  await deletion.getByRole('button', { name: 'Delete my data' }).click();
  await expect(deletion.getByRole('status')).toContainText('Your data is deleted and every app is revoked');
  await page.reload();
  await expect(entry(page, 'host blocked')).toHaveCount(0);
  await expect(entry(page, admin, 'Changed the access policy')).toHaveCount(1);
  await expectAccessible(page);
  await client.close();
});
