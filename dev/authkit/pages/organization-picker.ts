import type { Organization } from '../state/directory.ts';
import { type Html, html } from './html.ts';
import type { Page } from './layout.ts';

/** The page where a person with several organizations chooses one to sign in to. */
export function organizationPicker(formToken: string, organizations: readonly Organization[]): Page {
  return {
    title: 'Choose an organization',
    body: html`<section class="card" data-testid="organization-picker">
<h1>Choose an organization</h1>
<form method="post"><input type="hidden" name="form_token" value="${formToken}">${organizationChoice(organizations)}
<p class="action"><button type="submit" class="button primary">Continue</button></p>
</form>
</section>`,
  };
}

/** The choice itself: nothing for a person with one organization or none. */
export function organizationChoice(organizations: readonly Organization[]): Html {
  if (organizations.length <= 1) return html``;
  return html`<fieldset class="organizations" data-testid="organizations"><legend>In which organization?</legend>
${organizations.map(
  ({ id, name }, index) =>
    html`<label><input type="radio" name="organization" value="${id}" required${index === 0 ? html` checked` : html``}> ${name}</label>`,
)}
</fieldset>`;
}
