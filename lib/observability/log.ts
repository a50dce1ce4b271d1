import { config } from '#lib/config/env.ts';
import { perProcess } from '#lib/server/per-process.ts';
import { createLogLimiter } from './log-rate-limit.ts';
import { currentRequest } from './request.ts';

type Level = 'info' | 'warn' | 'error';
type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Longest text in a field, in characters: some fields quote a client. */
const MAX_FIELD_LENGTH = 500;

/** The request and the trace that a line belongs to. */
function requestFields(): Fields {
  const request = currentRequest();
  return request === undefined ? {} : { requestId: request.id, traceId: request.observer?.traceId() };
}

/**
 * Writes one line to standard error: JSON in production, readable text in development. Callers pass only fields that
 * are safe to store, never tokens, codes, cookies or secrets. Text is put on one line and truncated. An event that is
 * too frequent loses lines, and a line at the end of the window counts them.
 */
export function log(level: Level, event: string, fields: Fields = {}): void {
  if (allowLine(event)) write(level, event, { ...requestFields(), ...fields });
}

const limiter = perProcess('log-limiter', () =>
  createLogLimiter((name, lines) => write('warn', 'log.dropped', { of: name, lines })),
);

/** Whether this process may write one more line of an event now. */
export const allowLine = (event: string): boolean => limiter()(event);

function write(level: Level, event: string, fields: Fields): void {
  const entries = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, typeof value === 'string' ? oneLine(value) : value] as const);
  const line =
    config().logFormat === 'json'
      ? JSON.stringify({ time: new Date().toISOString(), level, event, ...Object.fromEntries(entries) })
      : `${level} ${event} ${entries.map(([name, value]) => `${name}=${value}`).join(' ')}`;
  process.stderr.write(`${line}\n`);
}

/** Removes characters that end a line, move the cursor of a terminal or change the writing direction. */
function oneLine(text: string): string {
  const cut = text.length > MAX_FIELD_LENGTH ? `${text.slice(0, MAX_FIELD_LENGTH)}…` : text;
  return cut.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ');
}

/**
 * The log fields of an error. The message of a database error contains the statement and its values, so an error with a
 * cause is logged as its cause.
 */
export function errorFields(error: unknown): { error: string; code: string | undefined } {
  const logged = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code =
    logged instanceof Error && 'code' in logged && typeof logged.code === 'string' ? logged.code : undefined;
  return { error: logged instanceof Error ? `${logged.name}: ${logged.message}` : String(logged), code };
}
