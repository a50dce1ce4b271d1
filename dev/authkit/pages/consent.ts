import { isLoopback } from '#lib/config/loopback.ts';
import { ACCESS_TEXTS } from '#lib/oauth/scopes.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { SCOPES } from '../oauth/scopes.ts';
import type { Organization } from '../state/directory.ts';
import { displayName, type Person } from '../state/people.ts';
import type { ClientIdentity } from './client-identity.ts';
import { type Html, html } from './html.ts';
import type { Page } from './layout.ts';
import { organizationChoice } from './organization-picker.ts';

type Consent = {
  action: string;
  formToken: string;
  client: ClientIdentity;
  person: Person;
  /** Undefined in the device grant. */
  redirectUri: string | undefined;
  /** Those to choose from. */
  organizations: readonly Organization[];
  resources: readonly string[];
  scopes: readonly (typeof SCOPES)[number][];
};

/** The consent page. What is verified comes before what the client claims. */
export function consentPage(consent: Consent): Page {
  const { action, formToken, client, person, redirectUri, organizations, resources, scopes } = consent;
  const hidden = html`<input type="hidden" name="form_token" value="${formToken}">`;
  const servers = resources.filter((resource) => /^https?:/.test(resource));
  return {
    title: 'Allow access',
    body: html`<section class="card" data-testid="consent">
${identity(client)}
<p>wants to act for you at ${
      servers.length === 0
        ? html`<strong>no particular server</strong>`
        : servers.map((server) => html`<code data-testid="resource">${sanitize(server, 200)}</code>`)
    }</p>
<h2>It will be able to</h2>
<ul class="ticks" data-testid="scopes">
${servers.length > 0 && html`<li>Use the tools of this server as you</li>`}
${scopes.map((scope) => html`<li>${ACCESS_TEXTS[scope].description} <code>${scope}</code></li>`)}
</ul>
<dl>
${redirectUri !== undefined && html`<div><dt>Redirects to</dt><dd data-testid="redirect-host">${redirectTarget(redirectUri)}</dd></div>`}
<div><dt>Signed in as</dt><dd><form method="post" action="${action}/switch">${hidden}${displayName(person)}
${person.firstName !== null && html`<span class="muted">${person.email}</span>`}${redirectUri !== undefined && html` <button type="submit" class="link">Switch account</button>`}</form></dd></div>
</dl>
${warnings(client)}
<form method="post" action="${action}" class="decision">${hidden}${organizationChoice(organizations)}
<button type="submit" name="decision" value="deny" class="button">Deny</button>
<button type="submit" name="decision" value="allow" class="button primary">Allow</button>
</form>
</section>`,
  };
}

function identity(client: ClientIdentity): Html {
  if (client.host === undefined)
    return html`<div><p class="tag warn" data-testid="self-registered">Self-registered</p>
<h1 data-testid="client-host">Unverified client</h1>
<p class="muted">Name claimed: <span data-testid="client-name">${client.name === '' ? 'none' : `“${client.name}”`}</span> (unverified)</p></div>`;
  return html`<div><p class="tag ${client.isApp ? '' : 'ok'}">${client.isApp ? 'This app, local' : 'Verified host'}</p>
<h1 class="mono" data-testid="client-host">${client.host}</h1>
<p class="muted">Name claimed: <span data-testid="client-name">${client.name === '' ? 'none' : `“${client.name}”`}</span> (unverified)</p></div>`;
}

/** What a person should know before they allow a client, in one box. */
function warnings({ host, resemblance, loopbackOnly }: ClientIdentity): Html {
  if (host !== undefined && resemblance === undefined && !loopbackOnly) return html``;
  return html`<div class="warning">${
    resemblance !== undefined &&
    html`<p data-testid="look-alike-warning"><strong>${resemblance}</strong> Deny it if you did not expect it.</p>`
  }${
    host === undefined &&
    html`<p data-testid="registration-warning"><strong>Unverified app.</strong> It registered itself and could use any name.</p>`
  }${
    loopbackOnly &&
    html`<p data-testid="loopback-warning"><strong>It runs on this computer.</strong> Any program here could present itself as
this client. Allow it only if you have just started it yourself.</p>`
  }</div>`;
}

function redirectTarget(redirectUri: string): Html {
  const url = URL.parse(redirectUri);
  if (url === null) return html`<code>${sanitize(redirectUri)}</code>`;
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return html`an app on this computer, <code>${sanitize(url.protocol)}</code>`;
  if (isLoopback(url)) return html`this computer, <code>${url.host}</code>`;
  return html`<code>${url.host}</code>`;
}
