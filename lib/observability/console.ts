import { format } from 'node:util';
import { config } from '#lib/config/env.ts';
import { allowLine, log } from './log.ts';

const LEVELS = { log: 'info', info: 'info', warn: 'warn', error: 'error' } as const;

/** What authkit-nextjs prints before an error object with codes, tokens and profiles. `sign-in.ts` logs the reason. */
const CALLBACK_ERROR = '[AuthKit callback error]';

/**
 * Applies the rate limit and, in production, the format of our log lines to what Next and libraries write to the console.
 * Next logs each request that it cannot parse, so a client could fill the disk with such lines. Of an error only the
 * stack is written, because its other members can hold credentials.
 */
export function captureConsole(): void {
  for (const method of ['log', 'info', 'warn', 'error'] as const) {
    const write = console[method].bind(console);
    console[method] = (...values: unknown[]) => {
      if (values[0] === CALLBACK_ERROR) return;
      const texts = values.map((value) => (value instanceof Error ? (value.stack ?? value.name) : value));
      if (config().logFormat === 'json') log(LEVELS[method], `console.${method}`, { text: format(...texts) });
      else if (allowLine(`console.${method}`)) write(...values);
    };
  }
}
