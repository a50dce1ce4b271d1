import { connect, expect, expectAccessible, signIn, test, uniqueEmail } from '../../fixtures.ts';

test('calls and latency of a client can be read by keyboard, in tables, and for other periods', async ({
  page,
  stack,
}) => {
  const email = uniqueEmail('plots');
  const client = await connect(stack, email);
  await client.callTool('stored');
  await signIn(page, email, '/clients');
  await page.getByRole('link', { name: 'client.test' }).click();
  const plots = page.getByRole('region', { name: 'Calls', exact: true });
  const calls = plots.getByRole('slider', { name: /^Calls by day/ });
  await calls.focus();
  await expect(calls).toHaveAttribute('aria-valuetext', /: \d+ allowed, 0 failed, 0 refused$/);
  await page.keyboard.press('Home');
  await expect(calls).toHaveAttribute('aria-valuenow', '0');
  await expect(calls).toHaveAttribute('aria-valuetext', /: 0 allowed, 0 failed, 0 refused$/);

  await plots.getByText('Table', { exact: true }).first().click();
  await expect(plots.getByRole('table', { name: 'Calls by day' }).getByRole('row')).toHaveCount(31);
  await expect(plots.getByRole('table', { name: 'By tool' })).toContainText('stored');
  await expectAccessible(page);

  await plots.getByRole('link', { name: '7 days' }).click();
  await expect(calls).toHaveAttribute('aria-valuemax', '6');
  await client.close();
});
