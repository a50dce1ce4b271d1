import { ScriptedClient } from '#scripts/demo/client.ts';
import { connect, expect, expectAccessible, signIn, test, uniqueEmail } from '../../fixtures.ts';

test('a signed-in person sees what needs review first, then the most used apps and the latest calls', async ({
  page,
  stack,
}) => {
  const account = uniqueEmail('home');
  await signIn(page, account, '/');
  await expect(page.getByText('No app is connected yet')).toBeVisible();
  await expectAccessible(page);

  const usual = await connect(stack, account);
  await usual.callTool('identity');
  const lookAlike = await ScriptedClient.connect({
    url: `${stack.appUrl}/mcp`,
    account,
    registration: 'dcr',
    era: 'auto',
    name: 'Claude',
    redirectUrl: 'https://assistant.example/callback',
  });
  await expect(async () => {
    await page.reload();
    await expect(page.getByText('2 apps can act on your behalf.')).toBeVisible({ timeout: 1_000 });
    await expect(
      page.getByRole('region', { name: 'Recent activity' }).getByText('identity').first(),
    ).toBeVisible({
      timeout: 1_000,
    });
  }).toPass();
  await expect(page.getByText('1 app needs review')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Most used' }).getByRole('link').first()).toHaveText(
    'client.test',
  );
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Review', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Connected clients');
  await Promise.all([usual.close(), lookAlike.close()]);
});
