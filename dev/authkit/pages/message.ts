import { sanitize } from '#lib/text/sanitize.ts';
import { html } from './html.ts';
import type { Page } from './layout.ts';

/** The page for a refused request: the reason, and what to do. */
export function errorPage(error: { code: string; text?: string | undefined; status?: number }): Page {
  const text = sanitize(error.text, 400);
  return {
    title: 'Authorization request failed',
    status: error.status,
    body: html`<section class="card" data-testid="error">
<h1>Authorization request failed</h1>
<p>${text === '' ? 'The authorization server refused it.' : sentence(text)}</p>
<p class="muted">Nothing was shared with the app. Go back to the app and start again. If this page appears again, send its
developer the code below.</p>
<p><code>${sanitize(error.code)}</code></p>
</section>`,
  };
}

export function signedOutPage(appUrl: string): Page {
  return {
    title: 'Signed out',
    body: html`<section class="card" data-testid="signed-out">
<h1>You are signed out</h1>
<p class="muted">Apps that you allowed keep their access until you revoke it in the app.</p>
<p class="action"><a class="button primary" href="${appUrl}">Back to the app</a></p>
</section>`,
  };
}

function sentence(text: string): string {
  // A parameter such as redirect_uri keeps its spelling.
  const capital = /^[a-z]+_/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`;
}
