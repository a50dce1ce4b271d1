import { readFileSync } from 'node:fs';
import { bearerCall } from '#tests/support/mcp-request.ts';
import { accountMenu, connect, expect, expectAccessible, signIn, test, uniqueEmail } from '../../fixtures.ts';

test('a person of two organizations switches between them', async ({ page }) => {
  await page.goto('/login?returnTo=/account');
  await page.getByRole('button', { name: 'cleo@example.com' }).click();
  await page.getByLabel('Acme').check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL('**/account');
  const organization = page.getByRole('region', { name: 'Organization' });
  await expect(organization.locator('strong')).toHaveText('Acme');
  await organization.getByRole('button', { name: 'Switch to Globex' }).click();
  await expect(organization.getByText('Organization switched')).toBeVisible();
  await page.reload();
  await expect(organization.locator('strong')).toHaveText('Globex');
  await expectAccessible(page);
});

test('a person reaches their account by the menu, downloads their data and deletes it', async ({
  page,
  stack,
}) => {
  const email = uniqueEmail('account');
  const client = await connect(stack, email);
  const token = client.tokens?.access_token ?? '';
  expect((await bearerCall(stack.appUrl, token)).status).toBe(200);
  await signIn(page, email, '/how-it-works');
  await accountMenu(page).click();
  await page.getByRole('link', { name: 'Account' }).click();
  const table = page.getByRole('table', { name: 'What is stored about you' });
  await expect(table.getByRole('row', { name: /^Connections 1/ })).toBeVisible();

  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download all' }).click();
  const file = await (await downloading).path();
  expect(JSON.parse(readFileSync(file, 'utf8')).tables.connections).toHaveLength(1);

  const deletion = page.getByRole('region', { name: 'Delete your data' });
  await deletion.getByRole('textbox').fill('someone@else.example');
  await deletion.getByRole('button', { name: 'Delete my data' }).click();
  await expect(deletion.getByRole('alert')).toContainText('This is not your email address');
  await expectAccessible(page);
  await deletion.getByRole('textbox').fill(email);
  await deletion.getByRole('button', { name: 'Delete my data' }).click();
  await expect(deletion.getByRole('status')).toContainText('Your data is deleted and every app is revoked');
  await expect(table.getByRole('row', { name: /^Connections/ })).toHaveCount(0);
  await expect(table.getByRole('row', { name: /^Refused apps/ })).toContainText('For security');
  await expectAccessible(page);
  expect((await bearerCall(stack.appUrl, token)).status).toBe(401);
  await client.close();
});
