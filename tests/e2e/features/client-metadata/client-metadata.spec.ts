import { expect, expectAccessible, signIn, test } from '../../fixtures.ts';

const CHECK = '/inspector/client-metadata';
const OWN = 'https://client.test/oauth/client-metadata.json';

test('nobody checks documents without signing in', async ({ page }) => {
  await page.goto(`${CHECK}?client_id=${encodeURIComponent(OWN)}`);
  await expect(page).not.toHaveURL(new RegExp(CHECK));
});

test('the document of this server’s inspector is verified, with each rule and the document shown', async ({
  page,
}) => {
  await signIn(page, 'ada@example.com', CHECK);
  await page.getByRole('link', { name: 'the document of this server’s inspector' }).click();
  const result = page.getByRole('region', { name: 'Result' });
  await expect(result.getByRole('heading', { name: 'client.test' })).toBeVisible();
  await expect(result.getByText('No rule failed, local app')).toBeVisible();
  await expect(result.getByText('client_id is the URL of the document, byte for byte')).toBeVisible();
  await expect(result.getByText(`"client_id": "${OWN}"`)).toBeVisible();
  await expectAccessible(page);
});

test('an address inside is refused by name, and nothing of it is shown', async ({ page }) => {
  await signIn(page, 'ben@example.com', CHECK);
  await page.getByLabel('Client id').fill('https://169.254.169.254/latest/meta-data/');
  await page.getByRole('button', { name: 'Check' }).click();
  const result = page.getByRole('region', { name: 'Result' });
  await expect(result.getByText('Not verified, 1 rule failed')).toBeVisible();
  await expect(result.getByText('The host is a public name')).toBeVisible();
  await expect(result.getByText('There is no document to show')).toBeVisible();
  await expectAccessible(page);
});

test('a document for a client of one’s own is written, judged and mended', async ({ page }) => {
  await signIn(page, 'ada@example.com', `${CHECK}/write`);
  await page.getByLabel('Client id').fill('https://notes.example.com/oauth/client.json');
  await page.getByLabel('Name').fill('Notes <b>');
  await page.getByLabel('Redirect URIs').fill('http://notes.example.com/callback');
  await page.getByRole('button', { name: 'Write document' }).click();
  await expect(page.getByText('Authorization servers would refuse this document')).toBeVisible();
  await expect(page.getByText('plain http beyond this machine')).toBeVisible();

  await page.getByLabel('Redirect URIs').fill('https://notes.example.com/callback');
  await page.getByRole('button', { name: 'Write document' }).click();
  await expect(page.getByText('This document follows the rules')).toBeVisible();
  await expect(page.getByText('"client_name": "Notes <b>"')).toBeVisible();
  await expect(page.getByRole('link', { name: 'check it there' })).toHaveAttribute(
    'href',
    `${CHECK}?client_id=${encodeURIComponent('https://notes.example.com/oauth/client.json')}`,
  );
  await expectAccessible(page);
});
