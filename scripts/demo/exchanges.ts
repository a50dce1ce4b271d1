import type { Narrator } from './reporter.ts';

const SECRET =
  /^(code|code_verifier|refresh_token|access_token|id_token|client_secret|registration_access_token)$/;
const TELLING_REQUEST = [
  'client_id',
  'resource',
  'scope',
  'code_challenge_method',
  'grant_type',
  'code',
  'redirect_uris',
];
const TELLING_RESPONSE = [
  'resource',
  'authorization_servers',
  'issuer',
  'client_id_metadata_document_supported',
  'authorization_endpoint',
  'registration_endpoint',
  'client_id',
  'token_type',
  'access_token',
  'scope',
  'error',
];

/** A `fetch` that tells each exchange as it happens; secrets are shown by their length. */
export function narratedFetch(narrator: Narrator, who: string): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const sent = request.method === 'POST' ? await request.clone().text() : '';
    const response = await fetch(request);
    const details = [...requestDetails(request, sent), ...(await responseDetails(response))];
    narrator.exchange(who, request.method, new URL(request.url), response.status, details);
    return response;
  };
}

/** Tells a trip through the browser: what the client asked AuthKit for, and what came back. */
export function narrateBrowser(narrator: Narrator, authorizationUrl: URL, callback: URL): void {
  const asked = Object.fromEntries(authorizationUrl.searchParams);
  const answered = Object.fromEntries(callback.searchParams);
  const telling = ['client_id', 'resource', 'scope', 'code_challenge_method'];
  if (asked.client_id?.startsWith('https://'))
    narrator.note('authkit fetches the document at that client_id; the person signs in and allows it');
  else narrator.note('the person signs in and allows it');
  narrator.exchange('browser', 'GET', authorizationUrl, 303, [
    ...show('asks', asked, telling),
    ...show('returns', answered, ['code', 'iss', 'error']),
  ]);
}

function requestDetails({ headers }: Request, body: string): string[] {
  const details: string[] = [];
  if (headers.has('authorization')) details.push('sends     Authorization: Bearer (access token)');
  const era = headers.get('mcp-protocol-version');
  const message = parse(body);
  const method = message?.method;
  if (typeof method === 'string') {
    const params = message?.params as Record<string, unknown> | undefined;
    const named = typeof params?.name === 'string' ? ` ${params.name}` : '';
    details.push(`asks for  ${method}${named}${era === null ? '' : `  (MCP ${era})`}`);
  } else if (body !== '')
    details.push(...show('sends', message ?? Object.fromEntries(new URLSearchParams(body)), TELLING_REQUEST));
  return details;
}

async function responseDetails(response: Response): Promise<string[]> {
  const details: string[] = [];
  const challenge = response.headers.get('www-authenticate');
  if (challenge !== null) details.push(`WWW-Authenticate: ${challenge}`);
  const json = response.headers.get('content-type')?.includes('application/json');
  if (json) details.push(...show('learns', parse(await response.clone().text()) ?? {}, TELLING_RESPONSE));
  return details;
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function show(verb: string, values: Record<string, unknown>, telling: readonly string[]): string[] {
  return telling
    .filter(
      (name) =>
        (values[name] !== undefined && typeof values[name] !== 'object') || Array.isArray(values[name]),
    )
    .map((name) => {
      const value = values[name];
      const text = Array.isArray(value) ? value.join(' ') : String(value);
      return `${verb.padEnd(8)}  ${name} = ${SECRET.test(name) ? `(${text.length} characters, not shown)` : text}`;
    });
}
