import { cleanLines } from '#lib/text/sanitize.ts';
import type { RecordedHeaders } from './exchange.ts';

/** Fields whose value is a credential or can be used as one. */
const SECRET_FIELDS = new Set([
  'access_token',
  'assertion',
  'authorization',
  'client_assertion',
  'client_secret',
  'code_verifier',
  'device_code',
  'id_token',
  'id_token_hint',
  'logout_token',
  'password',
  'refresh_token',
  'registration_access_token',
  'subject_token',
  'token',
]);
/** The same in a query or a form, where `code` and `state` belong to OAuth. */
const SECRET_PARAMETERS = new Set([...SECRET_FIELDS, 'code', 'state']);
const SECRET_HEADERS = new Set([
  'authorization',
  'cookie',
  'mcp-session-id',
  'proxy-authorization',
  'set-cookie',
  'x-api-key',
]);
// Both patterns start at a word boundary and bound their repetitions, so that hostile text cannot make them slow.
const JWT = /(?<![\w-])eyJ[\w-]{4,}\.[\w-]+(?:\.[\w-]*){1,3}/g;
const ASSIGNED =
  /(?<![\w-])(["']?)([\w-]{1,40})\1(\s{0,8}[:=]\s{0,8})(["'])((?:(?!\4)[^\\\n]|\\.){0,16384})/g;

/** Longest body that a trace keeps. */
const MAX_BODY_CHARACTERS = 16_384;
const MAX_URL_CHARACTERS = 2_048;
const MAX_HEADER_CHARACTERS = 2_048;
const MAX_HEADERS = 40;

const hidden = (value: string) => `(hidden, ${value.length} characters)`;

function printable(text: string, maxLength: number): string {
  const clean = cleanLines(text);
  return clean.length > maxLength ? `${clean.slice(0, maxLength)}…` : clean;
}

function maskParameters(parameters: URLSearchParams): [string, string][] {
  return [...parameters].map(([name, value]) => [
    name,
    SECRET_PARAMETERS.has(name.toLowerCase()) && value !== '' ? 'hidden' : value,
  ]);
}

function maskJson(value: unknown, depth = 0): unknown {
  if (depth > 40) return '(too deep)';
  if (Array.isArray(value)) return value.map((item) => maskJson(item, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      typeof item === 'string' && SECRET_FIELDS.has(name.toLowerCase())
        ? hidden(item)
        : maskJson(item, depth + 1),
    ]),
  );
}

/**
 * Hides credentials in messages before they are recorded: by field name, by header name, by the form of a JWT, and by
 * value for remembered secrets, which a server may echo.
 */
export class Masker {
  readonly #secrets = new Set<string>();

  /** Hides `secret` in everything recorded later. Values under 8 characters are ignored: they match by accident. */
  remember(secret: string | undefined): void {
    if (secret === undefined || secret.length < 8) return;
    this.#secrets.add(secret);
    this.#secrets.add(encodeURIComponent(secret));
    this.#secrets.add(JSON.stringify(secret).slice(1, -1));
  }

  /** `text` with remembered secrets and JWTs hidden, safe to display, truncated to `maxLength` characters. */
  text(text: string, maxLength = MAX_BODY_CHARACTERS): string {
    let masked = text;
    for (const secret of this.#secrets) masked = masked.replaceAll(secret, hidden(secret));
    return printable(masked.replace(JWT, hidden), maxLength);
  }

  url(text: string): string {
    if (!URL.canParse(text)) return this.text(text, MAX_URL_CHARACTERS);
    const url = new URL(text);
    if (url.username || url.password) {
      url.username = '';
      url.password = '';
    }
    if (url.search) url.search = new URLSearchParams(maskParameters(url.searchParams)).toString();
    if (url.hash.includes('='))
      url.hash = new URLSearchParams(maskParameters(new URLSearchParams(url.hash.slice(1)))).toString();
    return this.text(url.href, MAX_URL_CHARACTERS);
  }

  headers(headers: Iterable<[string, string]>): RecordedHeaders {
    return [...headers].slice(0, MAX_HEADERS).map(([name, value]) => {
      const lower = name.toLowerCase();
      if (lower === 'location') return [lower, this.url(value)] as const;
      if (!SECRET_HEADERS.has(lower)) return [lower, this.text(value, MAX_HEADER_CHARACTERS)] as const;
      const [scheme, ...credentials] = value.split(' ');
      return [
        lower,
        lower.endsWith('authorization') && credentials.length > 0
          ? `${this.text(scheme ?? '', 40)} ${hidden(credentials.join(' '))}`
          : hidden(value),
      ] as const;
    });
  }

  /** A masked body as text: JSON indented, forms with one field per line, anything else unchanged. */
  body(body: string, contentType: string): { text: string; truncated: boolean } {
    const masked = this.text(this.#structured(body, contentType));
    return { text: masked, truncated: masked.length > MAX_BODY_CHARACTERS };
  }

  #structured(body: string, contentType: string): string {
    if (contentType.startsWith('application/x-www-form-urlencoded'))
      return maskParameters(new URLSearchParams(body))
        .map(([name, value]) => `${name}=${value}`)
        .join('\n');
    try {
      return JSON.stringify(maskJson(JSON.parse(body)), null, 2);
    } catch {
      // Incomplete JSON or an event stream: field names still identify credentials.
      return body.replace(
        ASSIGNED,
        (whole, quote: string, name: string, sign: string, open: string, value: string) =>
          SECRET_FIELDS.has(name.toLowerCase())
            ? `${quote}${name}${quote}${sign}${open}${hidden(value)}`
            : whole,
      );
    }
  }
}
