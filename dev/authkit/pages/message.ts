import { sanitize } from '#lib/text/sanitize.ts';
import { html } from './html.ts';
import type { Page } from './layout.ts';

/** A page for a request that went wrong: what happened, and what to do. */
export function errorPage(error: { code: string; text?: string | undefined; status?: number }): Page {
  const text = sanitize(error.text, 300);
  return {
    title: 'Something is wrong',
    status: error.status,
    body: html`<section class="card" data-testid="error">
<h1>This request cannot go on</h1>
<p>${text === '' ? 'The authorization server refused it.' : sentence(text)}</p>
<p class="muted">Nothing was shared with the app. Go back to it and start again; if this page returns, its
developer needs the code below.</p>
<p><code>${sanitize(error.code)}</code></p>
</section>`,
  };
}

export function signedOutPage(appUrl: string): Page {
  return {
    title: 'Signed out',
    body: html`<section class="card" data-testid="signed-out">
<h1>You are signed out</h1>
<p class="muted">Apps that you allowed keep their access until you revoke it there.</p>
<p class="action"><a class="button primary" href="${appUrl}">Back to the app</a></p>
</section>`,
  };
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`;
}
