import type { KoaContextWithOIDC as Context } from 'oidc-provider';
import type { ClientIdentity } from './client-identity.ts';
import { html } from './html.ts';
import type { Page } from './layout.ts';

const ACTION = '/oauth2/device';

const hidden = (ctx: Context) =>
  html`<input type="hidden" name="xsrf" value="${String(ctx.oidc.session?.state?.secret)}">`;

/** The page where a person enters the code that a device shows (RFC 8628 section 3.3). */
export function deviceCodePage(ctx: Context, error: unknown): Page {
  return {
    title: 'Connect a device',
    body: html`<section class="card" data-testid="device-code">
<h1>Connect a device</h1>
<p class="muted">${error === undefined ? 'Enter the code that the device shows.' : 'This code does not work. Check it, or start again on the device.'}</p>
<form method="post" action="${ACTION}" class="other">${hidden(ctx)}
<label for="code">Code</label>
<div class="row"><input id="code" name="user_code" required maxlength="20" autocomplete="off">
<button type="submit" class="button primary">Continue</button></div>
</form>
</section>`,
  };
}

export function deviceConfirmPage(ctx: Context, client: ClientIdentity, userCode: string): Page {
  return {
    title: 'Connect a device',
    body: html`<section class="card" data-testid="device-confirm">
<h1>Is this your device?</h1>
<p><strong>${client.host ?? (client.name || 'An unnamed client')}</strong> shows <code>${userCode}</code></p>
<p class="muted">Continue only if you started this yourself, on a device that you have in front of you.</p>
<form method="post" action="${ACTION}" class="decision">${hidden(ctx)}
<input type="hidden" name="user_code" value="${userCode}"><input type="hidden" name="confirm" value="yes">
<button type="submit" name="abort" value="yes" class="button">Cancel</button>
<button type="submit" class="button primary">Continue</button>
</form>
</section>`,
  };
}

export function deviceDonePage(): Page {
  return {
    title: 'Device connected',
    body: html`<section class="card" data-testid="device-done">
<h1>The device is connected</h1>
<p class="muted">Close this page and continue on the device.</p>
</section>`,
  };
}
