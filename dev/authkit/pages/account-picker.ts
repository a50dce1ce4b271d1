import { HttpError } from '../http/http-error.ts';
import type { Directory } from '../state/directory.ts';
import { displayName, type People, type Person, SEEDED } from '../state/people.ts';
import type { ClientIdentity } from './client-identity.ts';
import { html } from './html.ts';
import type { Page } from './layout.ts';

type Picker = {
  /** Target of the form; by default the URL of the page. */
  action?: string;
  formToken: string;
  /** The client that asks; absent when a person signs in to the app's own pages. */
  client?: ClientIdentity;
  directory: Directory;
};

/** The page where a person picks a seeded account or enters any e-mail address. There are no passwords. */
export function accountPicker({ action, formToken, client, directory }: Picker): Page {
  const hidden = html`<input type="hidden" name="form_token" value="${formToken}">`;
  const target = action === undefined ? html`` : html` action="${action}"`;
  return {
    title: 'Sign in',
    body: html`<section class="card" data-testid="account-picker">
<h1>Sign in</h1>
<p class="muted">${client === undefined ? 'to continue to the app' : html`to continue to <strong>${client.host ?? (client.name || 'an unnamed client')}</strong>`}</p>
<form method="post"${target} class="people">${hidden}
${SEEDED.map(
  (person) => html`<button type="submit" name="account" value="${person.id}" class="person">
<span class="avatar" aria-hidden="true">${initials(person)}</span>
<span class="grow"><span class="name">${displayName(person)}</span><span class="muted">${person.email}</span></span>
<span class="tag">${belonging(directory, person)}</span>
</button>`,
)}
</form>
<form method="post"${target} class="other">${hidden}
<label for="email">Someone else</label>
<div class="row">
<input id="email" name="email" type="email" required maxlength="200" autocomplete="off" placeholder="name@example.com">
<button type="submit" name="account" value="other" class="button">Continue</button>
</div>
</form>
</section>`,
  };
}

/** The person that a submitted picker names. @throws {HttpError} for an unknown account */
export async function chosenPerson(people: People, form: URLSearchParams): Promise<Person> {
  const account = form.get('account') ?? '';
  if (account === 'other') {
    const email = (form.get('email') ?? '').trim();
    if (email.length > 200 || !/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]+$/.test(email))
      throw new HttpError(400, 'invalid_email', 'This is not an e-mail address. Go back and enter it again.');
    return people.withEmail(email);
  }
  const person = people.find(account);
  if (person === undefined) throw new HttpError(400, 'unknown_account', 'This account does not exist.');
  return person;
}

function belonging(directory: Directory, { id }: Person): string {
  const memberships = directory.of(id);
  if (memberships.length > 1) return `${memberships.length} organizations`;
  return memberships[0]?.roles.join(', ') ?? 'no organization';
}

function initials(person: Person): string {
  return displayName(person)
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('');
}
