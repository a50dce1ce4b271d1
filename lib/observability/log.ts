import { config } from '../config/env.ts';

type Level = 'info' | 'warn' | 'error';
type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Writes one line to standard error: JSON in production, readable text in development. Callers pass only fields
 * that are safe to keep; tokens, codes, cookies and secrets never are.
 */
export function log(level: Level, event: string, fields: Fields = {}): void {
  const entry = { time: new Date().toISOString(), level, event, ...fields };
  const line =
    config().logFormat === 'json'
      ? JSON.stringify(entry)
      : `${level} ${event} ${Object.entries(fields)
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) => `${name}=${value}`)
          .join(' ')}`;
  process.stderr.write(`${line}\n`);
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
