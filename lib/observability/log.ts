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
