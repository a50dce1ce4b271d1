import { config } from '#lib/config/env.ts';
import { perProcess } from '#lib/server/per-process.ts';
import { logBudget } from './log-rate-limit.ts';
import { currentRequest } from './request.ts';

type Level = 'info' | 'warn' | 'error';
type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Longest text in a field, in characters: some of them quote a client. */
const MAX_FIELD = 500;

/** Which request, and which trace, a line belongs to. */
function requestFields(): Fields {
  const request = currentRequest();
  return request === undefined ? {} : { requestId: request.id, traceId: request.span?.spanContext().traceId };
}

/**
 * Writes one line to standard error: JSON in production, readable text in development. Callers pass only fields
 * that are safe to keep; tokens, codes, cookies and secrets never are. Text is put on one line and cut. Of an event
 * that happens too often a part is left out, and how many lines that were is told when it is over.
 */
export function log(level: Level, event: string, fields: Fields = {}): void {
  if (budget().spend(event)) write(level, event, { ...requestFields(), ...fields });
}

/** The budget of this process, for everything that writes lines. */
export const budget = perProcess('log-budget', () =>
  logBudget((name, lines) => write('warn', 'log.left_out', { of: name, lines })),
);

function write(level: Level, event: string, fields: Fields): void {
  const told = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, typeof value === 'string' ? oneLine(value) : value] as const);
  const line =
    config().logFormat === 'json'
      ? JSON.stringify({ time: new Date().toISOString(), level, event, ...Object.fromEntries(told) })
      : `${level} ${event} ${told.map(([name, value]) => `${name}=${value}`).join(' ')}`;
  process.stderr.write(`${line}\n`);
}

/** Without characters that end a line, move a terminal's cursor or turn the direction of writing. */
function oneLine(text: string): string {
  const cut = text.length > MAX_FIELD ? `${text.slice(0, MAX_FIELD)}…` : text;
  return cut.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ');
}

/**
 * What a log line says about an error. A database error names the statement and its values in its own message, so
 * of an error with a cause only the cause is told.
 */
export function errorFields(error: unknown): { error: string; code: string | undefined } {
  const told = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code =
    told instanceof Error && 'code' in told && typeof told.code === 'string' ? told.code : undefined;
  return { error: told instanceof Error ? `${told.name}: ${told.message}` : String(told), code };
}
