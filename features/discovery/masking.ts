import { isObject } from '#lib/text/json.ts';
import { cleanLines } from '#lib/text/sanitize.ts';
import type { RecordedHeaders } from './exchange.ts';
import { isSecretName } from './secret-names.ts';
import { secretPattern } from './secret-patterns.ts';

/** Parameters of a query or a form that are secrets of OAuth; elsewhere these are ordinary names. */
const OAUTH_PARAMETERS = new Set(['code', 'state']);
const isSecretParameter = (name: string) => OAUTH_PARAMETERS.has(name.toLowerCase()) || isSecretName(name);
// Both patterns start at a word boundary and bound their repetitions, so that hostile text cannot make them slow.
const JWT = /(?<![\w-])eyJ[\w-]{4,}\.[\w-]+(?:\.[\w-]*){1,3}/g;
const ASSIGNED =
  /(?<![\w-])(["']?)([\w-]{1,40})\1(\s{0,8}[:=][\s[{]{0,8})(["'])((?:(?!\4)[^\\\n]|\\.){0,16384})/g;
const ASSIGNED_BARE = /(?<![\w-])([\w-]{1,40})=([^\s"'&<>,;]{1,16384})/g;

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
    isSecretParameter(name) && value !== '' ? 'hidden' : value,
  ]);
}

/** @param secret - whether `value` belongs to a credential: then every text and number in it is hidden */
function maskJson(value: unknown, secret = false, depth = 0): unknown {
  if (depth > 40) return '(too deep)';
  if (secret && (typeof value === 'string' || typeof value === 'number')) return hidden(String(value));
  if (Array.isArray(value)) return value.map((item) => maskJson(item, secret, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      name === 'properties' && !secret
        ? maskSchemas(item, depth + 1)
        : maskJson(item, secret || (isSecretName(name) && typeof item !== 'number'), depth + 1),
    ]),
  );
}

/** The properties of a JSON Schema: a name of a credential has a schema there, not a credential. */
function maskSchemas(properties: unknown, depth: number): unknown {
  if (!isObject(properties)) return maskJson(properties, false, depth);
  return Object.fromEntries(
    Object.entries(properties).map(([name, item]) => [
      name,
      maskJson(item, isSecretName(name) && !isObject(item), depth + 1),
    ]),
  );
}

/**
 * Hides credentials in messages before they are recorded: by field name, by header name, by the form of a JWT, and by
 * value for remembered secrets, which a server may echo.
 */
export class Masker {
  readonly #secrets = new Map<string, RegExp>();
  readonly #headers = new Set<string>();

  /** Hides `secret` in everything recorded later. Values under 8 characters are ignored: they match by accident. */
  remember(secret: string | undefined): void {
    if (secret === undefined || secret.length < 8 || this.#secrets.has(secret)) return;
    this.#secrets.set(secret, secretPattern(secret));
  }

  /** Hides the header of this name and its value, however short, and the value wherever else it appears. */
  rememberHeader(name: string, value: string): void {
    this.#headers.add(name.toLowerCase());
    this.remember(value);
    // Of a value with a scheme (RFC 9110 section 11.4) a server may echo the rest alone.
    this.remember(value.split(' ').at(-1));
  }

  /** A JSON value with remembered secrets hidden wherever they are in it; nothing else is changed. */
  value<T>(value: T): T {
    if (typeof value === 'string') return this.#withoutSecrets(value) as T;
    if (Array.isArray(value)) return value.map((item) => this.value(item)) as T;
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [this.value(name), this.value(item)]),
    ) as T;
  }

  /** `text` with remembered secrets and JWTs hidden, safe to display, truncated to `maxLength` characters. */
  text(text: string, maxLength = MAX_BODY_CHARACTERS): string {
    const masked = this.#withoutSecrets(text);
    return printable(masked.replace(JWT, hidden), maxLength);
  }

  #withoutSecrets(text: string): string {
    let masked = text;
    for (const pattern of this.#secrets.values()) masked = masked.replace(pattern, hidden);
    return masked;
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
      if (!isSecretName(lower) && !this.#headers.has(lower))
        return [lower, this.text(value, MAX_HEADER_CHARACTERS)] as const;
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
    const whole = maskedJson(body, 2);
    if (whole !== undefined) return whole;
    // Incomplete JSON, an event stream or prose: field names still identify credentials.
    return body
      .replace(/^data: ?(.+)$/gm, (line, data: string) => {
        const masked = maskedJson(data);
        return masked === undefined ? line : `data: ${masked}`;
      })
      .replace(ASSIGNED, (found, quote: string, name: string, sign: string, open: string, value: string) =>
        isSecretName(name) && !value.startsWith('(hidden')
          ? `${quote}${name}${quote}${sign}${open}${hidden(value)}`
          : found,
      )
      .replace(ASSIGNED_BARE, (found, name: string, value: string) =>
        isSecretName(name) ? `${name}=${hidden(value)}` : found,
      );
  }
}

/** JSON with its credentials hidden; undefined when it is none. */
function maskedJson(text: string, indent?: number): string | undefined {
  try {
    return JSON.stringify(maskJson(JSON.parse(text)), null, indent);
  } catch {
    return undefined;
  }
}
