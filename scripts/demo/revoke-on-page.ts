import { setTimeout as pause } from 'node:timers/promises';
import { signInToPages } from './page-session.ts';
import { serverActionId } from './server-action.ts';
import type { Stage } from './stage.ts';

/**
 * Revokes Ada's only client on the page of connected clients, as a browser does on a click.
 *
 * @returns false when there is no such page
 */
export async function revokeOnPage({ reporter, url }: Stage): Promise<boolean> {
  const { origin } = new URL(url);
  const pages = await signInToPages(origin, 'ada');
  const page = await pages.request('/clients');
  if (!page.ok) return false;
  reporter.exchange('browser', 'GET', new URL('/clients', url), page.status, []);
  const html = await page.text();
  const [, id] = /href="\/clients\/([\w-]{22})"/.exec(html) ?? [];
  reporter.check(id !== undefined, 'the page shows the laptop');
  const action = (await serverActionId(pages, html, 'revokeAccess')) ?? '';
  const revoked = await pages.request('/clients', {
    method: 'POST',
    headers: { 'next-action': action, accept: 'text/x-component', 'content-type': 'text/plain', origin },
    body: JSON.stringify([id]),
  });
  reporter.exchange('browser', 'POST', new URL('/clients', url), revoked.status, []);
  reporter.check(/"(revoked|pending)"/.test(await revoked.text()), 'the button "Revoke access" revoked it');
  // The grant is deleted when the time to undo it is over.
  for (let waited = 0; waited < 60; waited++) {
    if ((await (await pages.request('/clients?show=revoked')).text()).includes(`/clients/${id}`)) return true;
    await pause(500);
  }
  reporter.check(false, 'the grant was deleted at AuthKit');
  return true;
}
