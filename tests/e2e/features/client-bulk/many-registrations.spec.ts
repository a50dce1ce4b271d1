import { decodeJwt } from 'jose';
import { openDatabase } from '#lib/db/connection.ts';
import type { Database } from '#lib/db/database.ts';
import { bearerCall } from '#tests/support/mcp-request.ts';
import { startPostgres } from '#tests/support/postgres.ts';
import { seedApps } from '#tests/support/seed-apps.ts';
import { type Stack, startStack } from '#tests/support/stack.ts';
import { test as base, connect, expect, expectAccessible, signIn, uniqueEmail } from '../../fixtures.ts';

/** The host of the client metadata document that local AuthKit can read without a network. */
const HOST = 'client.test';

type Seeded = { stack: Stack; database: Database };

/** The stack on PostgreSQL, where a test can write beside the app. */
const test = base.extend<object, { seeded: Seeded; stack: Stack }>({
  seeded: [
    async ({ browserName: _ }, use) => {
      const postgres = await startPostgres();
      const url = await postgres.createDatabase();
      const stack = await startStack({ env: { DATABASE_URL: url } });
      const database = await openDatabase({ kind: 'postgres', url });
      await use({ stack, database: database.db });
      await database.close();
      await stack.stop();
      await postgres.close();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  stack: [async ({ seeded }, use) => use(seeded.stack), { scope: 'worker' }],
});

/** A person with one client that calls, and 62 registrations of six other apps, 51 of them unused for a month. */
async function personWithRegistrations({ stack, database }: Seeded, name: string) {
  const email = uniqueEmail(name);
  const client = await connect(stack, email);
  const token = client.tokens?.access_token ?? '';
  const { iss: issuer = '', sub: subject = '' } = decodeJwt(token);
  await seedApps(database, { issuer, subject });
  await client.close();
  return { email, token };
}

test('62 registrations are one row for each app, unused ones are revoked together, and a revocation is undone', async ({
  page,
  seeded,
}) => {
  test.slow();
  const { stack } = seeded;
  const { email, token } = await personWithRegistrations(seeded, 'many');
  await signIn(page, email, '/clients');
  const row = (text: string) => page.getByRole('row').filter({ hasText: text });
  // The client that calls is written shortly after its call.
  await expect(async () => {
    await page.reload();
    await expect(page.getByText('7 apps can act on your behalf.')).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  // One row of column titles, and one for each app.
  await expect(page.getByRole('row')).toHaveCount(8);
  await expect(row('Claude Code')).toContainText('21 connections');
  await expect(page.getByRole('row').nth(1)).toContainText('Claude');
  await expect(page.getByRole('row').nth(1)).toContainText('is not from Anthropic (claude.ai)');
  await expectAccessible(page);

  await page.getByRole('link', { name: 'Claude Code' }).click();
  await expect(page.getByRole('row')).toHaveCount(29);
  await expectAccessible(page);

  await page.goto('/clients');
  await page.getByRole('link', { name: 'Revoke unused (51)' }).click();
  const dialog = page.getByRole('alertdialog');
  await expect(dialog).toContainText('51 unused connections');
  await dialog.getByRole('button', { name: 'Revoke access' }).click();
  await expect(page.getByText('Access revoked for 51 unused connections.')).toBeVisible();
  await expect(page.getByRole('link', { name: /^Revoke unused/ })).toHaveCount(0);

  expect((await bearerCall(stack.appUrl, token)).status).toBe(200);
  await page.getByRole('button', { name: `Actions for ${HOST}` }).click();
  await page.getByRole('menuitem', { name: 'Revoke access' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke access' }).click();
  const notice = page.getByText(`Access revoked for ${HOST}.`);
  await expect(notice).toBeVisible();
  expect((await bearerCall(stack.appUrl, token)).status).toBe(401);
  await page.getByRole('dialog').filter({ has: notice }).getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('Access restored')).toBeVisible();
  expect((await bearerCall(stack.appUrl, token)).status).toBe(200);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('unused connections are revoked by a form, which can be undone', async ({ page, seeded }) => {
    const { email } = await personWithRegistrations(seeded, 'plain');
    await signIn(page, email, '/clients');
    await page.getByRole('link', { name: 'Revoke unused (51)' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Revoke 51 connections?');
    await page.getByRole('button', { name: 'Revoke access' }).click();
    await expect(page.getByText(/^Access revoked/)).toBeVisible();
    await expect(page.getByRole('link', { name: /^Revoke unused/ })).toHaveCount(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByRole('link', { name: 'Revoke unused (51)' })).toBeVisible();
  });
});
