import { expect, expectAccessible, signIn, test } from '../../fixtures.ts';

const VALIDATE = '/inspector/client-metadata';
const OWN = 'https://client.test/oauth/client-metadata.json';

test('documents are validated only for a signed-in user', async ({ page }) => {
  await page.goto(`${VALIDATE}?client_id=${encodeURIComponent(OWN)}`);
  await expect(page).not.toHaveURL(new RegExp(VALIDATE));
});

test('the document of this server is valid, with each check and the document shown', async ({ page }) => {
  await signIn(page, 'ada@example.com', VALIDATE);
  await page.getByRole('link', { name: 'the document of this server' }).click();
  const result = page.getByRole('region', { name: 'Result' });
  await expect(result.getByRole('heading', { name: 'client.test' })).toBeVisible();
  await expect(result.getByText('Valid, local app')).toBeVisible();
  await expect(result.getByText('exact match of the URL of the document')).toBeVisible();
  await expect(result.getByText(`"client_id": "${OWN}"`)).toBeVisible();
  await expectAccessible(page);
});

test('a private address is refused by name, and nothing is fetched', async ({ page }) => {
  await signIn(page, 'ben@example.com', VALIDATE);
  await page.getByLabel('Client ID').fill('https://169.254.169.254/latest/meta-data/');
  await page.getByRole('button', { name: 'Validate', exact: true }).click();
  const result = page.getByRole('region', { name: 'Result' });
  await expect(result.getByText('Invalid: 1 error')).toBeVisible();
  await expect(result.getByText('Use a public host name in ASCII.')).toBeVisible();
  await expect(result.getByText('There is no document to show')).toBeVisible();
  await expectAccessible(page);
});

test('a document is generated, checked and corrected', async ({ page }) => {
  await signIn(page, 'ada@example.com', `${VALIDATE}/write`);
  await page.getByLabel('Client ID').fill('https://notes.example.com/oauth/client.json');
  await page.getByLabel('Name').fill('Notes <b>');
  await page.getByLabel('Redirect URIs').fill('http://notes.example.com/callback');
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  await expect(page.getByText('Authorization servers would reject this document')).toBeVisible();
  await expect(page.getByText('http is for loopback addresses only')).toBeVisible();

  await page.getByLabel('Redirect URIs').fill('https://notes.example.com/callback');
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  await expect(page.getByText('This document is valid')).toBeVisible();
  await expect(page.getByText('"client_name": "Notes <b>"')).toBeVisible();
  await expect(page.getByRole('link', { name: 'validate it there' })).toHaveAttribute(
    'href',
    `${VALIDATE}?client_id=${encodeURIComponent('https://notes.example.com/oauth/client.json')}`,
  );
  await expectAccessible(page);
});
