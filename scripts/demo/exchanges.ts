import type { Reporter } from './reporter.ts';

const SECRET =
  /^(code|code_verifier|refresh_token|access_token|id_token|client_secret|registration_access_token)$/;
const SHOWN_IN_REQUESTS = [
  'client_id',
  'resource',
  'scope',
  'code_challenge_method',
  'grant_type',
  'code',
  'redirect_uris',
];
const SHOWN_IN_RESPONSES = [
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

/** A `fetch` that prints each exchange. Of a secret it prints the length. */
export function reportingFetch(reporter: Reporter, sender: string): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const sent = request.method === 'POST' ? await request.clone().text() : '';
    const response = await fetch(request);
    const details = [...requestDetails(request, sent), ...(await responseDetails(response))];
    reporter.exchange(sender, request.method, new URL(request.url), response.status, details);
    return response;
  };
}

/** Prints a visit of the browser to AuthKit: the authorization request, and the redirect back to the client. */
export function reportBrowser(reporter: Reporter, authorizationUrl: URL, callback: URL): void {
  const request = Object.fromEntries(authorizationUrl.searchParams);
  const response = Object.fromEntries(callback.searchParams);
  const fromDocument = request.client_id?.startsWith('https://');
  reporter.note(
    `${fromDocument ? 'AuthKit fetches the document at that client_id; the' : 'The'} person signs in and allows the client`,
  );
  reporter.exchange('browser', 'GET', authorizationUrl, 303, [
    ...show('sends', request, ['client_id', 'resource', 'scope', 'code_challenge_method']),
    ...show('receives', response, ['code', 'iss', 'error']),
  ]);
}

function requestDetails({ headers }: Request, body: string): string[] {
  const details: string[] = [];
  if (headers.has('authorization')) details.push('sends     Authorization: Bearer (access token)');
  const version = headers.get('mcp-protocol-version');
  const message = parse(body);
  const method = message?.method;
  if (typeof method === 'string') {
    const params = message?.params as Record<string, unknown> | undefined;
    const name = typeof params?.name === 'string' ? ` ${params.name}` : '';
    details.push(`calls     ${method}${name}${version === null ? '' : `  (MCP ${version})`}`);
  } else if (body !== '')
    details.push(
      ...show('sends', message ?? Object.fromEntries(new URLSearchParams(body)), SHOWN_IN_REQUESTS),
    );
  return details;
}

async function responseDetails(response: Response): Promise<string[]> {
  const details: string[] = [];
  const challenge = response.headers.get('www-authenticate');
  if (challenge !== null) details.push(`receives  WWW-Authenticate: ${challenge}`);
  const json = response.headers.get('content-type')?.includes('application/json');
  if (json) details.push(...show('receives', parse(await response.clone().text()) ?? {}, SHOWN_IN_RESPONSES));
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

function show(verb: string, values: Record<string, unknown>, names: readonly string[]): string[] {
  return names
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
