import { ADA, BEN, CLEO, PAT } from './state/people.ts';

/** Cookies of one browser. Share a jar between calls to stay signed in. */
export type CookieJar = Map<string, { value: string; path: string }>;

export type SignIn = {
  /** The authorization URL that a client, or the app's `/login`, opens in the browser. */
  authorizationUrl: string | URL;
  /** The code that a device shows, for the page that asks for it. */
  userCode?: string;
  /** One of the seeded people, or an e-mail address. */
  account: 'ada' | 'ben' | 'cleo' | 'pat' | (string & {});
  /** Name of the organization to choose, for people with several. Default: the first. */
  organization?: string;
  /** The button to press on the consent page. Default: allow. */
  decision?: 'allow' | 'deny';
  jar?: CookieJar;
  /** Called with each page, as HTML. */
  onPage?: (page: { url: URL; status: number; html: string }) => void;
};

const ACCOUNTS: Record<string, string> = {
  ada: ADA.id,
  ben: BEN.id,
  cleo: CLEO.id,
  pat: PAT.id,
};
const MAX_STEPS = 20;

/**
 * Submits the sign-in and consent pages as a person would, with requests instead of a browser.
 *
 * @returns the redirect that leaves AuthKit: back to the client, with a code or an error; in the device grant the last page
 * @throws {Error} with the text of the page when AuthKit refuses
 */
export async function signIn(options: SignIn): Promise<URL> {
  const { account, organization, userCode = '', decision = 'allow', jar = new Map(), onPage } = options;
  const start = new URL(options.authorizationUrl);
  let url = start;
  let init: RequestInit = {};
  for (let step = 0; step < MAX_STEPS; step++) {
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...init.headers, accept: 'text/html', cookie: cookieHeader(jar, url) },
    });
    keepCookies(jar, url, response);
    const location = response.headers.get('location');
    if (location !== null) {
      await response.body?.cancel();
      url = new URL(location, url);
      if (url.origin !== start.origin) return url;
      init = {};
      continue;
    }
    const page = await response.text();
    onPage?.({ url, status: response.status, html: page });
    if (response.ok && shows(page, 'device-done')) return url;
    const form = response.ok ? nextForm(page, { account, organization, userCode, decision }) : undefined;
    if (form === undefined) throw new Error(`AuthKit answered ${response.status}: ${visibleText(page)}`);
    if (form.action !== undefined) url = new URL(form.action, url);
    init = { method: 'POST', body: form.fields, headers: { origin: start.origin } };
  }
  throw new Error(`AuthKit is still redirecting after ${MAX_STEPS} steps`);
}

type Choices = { account: string; organization?: string; userCode: string; decision: string };

/** A field of the form to submit, by page. */
const FIELDS: Record<string, (choices: Choices) => string> = {
  'account-picker': ({ account }) => (ACCOUNTS[account] === undefined ? 'email' : 'account'),
  'organization-picker': () => 'organization',
  consent: () => 'decision',
  'device-code': () => 'user_code',
  'device-confirm': () => 'confirm',
};

function shows(page: string, testId: string): boolean {
  return page.includes(`data-testid="${testId}"`);
}

/** The completed form that leads to the next page. */
function nextForm(page: string, choices: Choices) {
  const { account, organization, userCode, decision } = choices;
  const wanted = Object.entries(FIELDS).find(([testId]) => shows(page, testId))?.[1](choices);
  const form = page
    .match(/<form\b[^>]*>[\s\S]*?<\/form>/g)
    ?.find((text) => text.includes(`name="${wanted}"`));
  if (form === undefined) return undefined;
  const fields = new URLSearchParams();
  for (const [input] of form.matchAll(/<input type="hidden"[^>]*>/g))
    fields.set(attribute(input, 'name') ?? '', attribute(input, 'value') ?? '');
  const options = [...form.matchAll(/(<input type="radio"[^>]*>) ([^<]*)</g)];
  const option = options.find(([, , name]) => name === organization) ?? options[0];
  if (option?.[1] !== undefined) fields.set('organization', attribute(option[1], 'value') ?? '');
  if (wanted === 'decision') fields.set('decision', decision);
  if (wanted === 'user_code') fields.set('user_code', userCode);
  if (wanted === 'account') fields.set('account', ACCOUNTS[account] ?? '');
  if (wanted === 'email') {
    fields.set('account', 'other');
    fields.set('email', account);
  }
  return { action: attribute(/^<form[^>]*>/.exec(form)?.[0] ?? '', 'action'), fields };
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value?.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
}

function visibleText(page: string): string {
  const main = /<main>([\s\S]*)<\/main>/.exec(page)?.[1] ?? page;
  return main
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 400);
}

function cookieHeader(jar: CookieJar, url: URL): string {
  return [...jar]
    .filter(([, { path }]) => url.pathname === path || url.pathname.startsWith(path.replace(/\/?$/, '/')))
    .map(([name, { value }]) => `${name}=${value}`)
    .join('; ');
}

function keepCookies(jar: CookieJar, url: URL, response: Response): void {
  for (const line of response.headers.getSetCookie()) {
    const [pair = '', ...attributes] = line.split(/;\s*/);
    const name = pair.slice(0, pair.indexOf('='));
    const value = pair.slice(pair.indexOf('=') + 1);
    const expires = attributes.find((text) => /^expires=/i.test(text))?.slice('expires='.length);
    const path = attributes.find((text) => /^path=/i.test(text))?.slice('path='.length) ?? url.pathname;
    if (value === '' || (expires !== undefined && Date.parse(expires) <= Date.now())) jar.delete(name);
    else jar.set(name, { value, path });
  }
}
