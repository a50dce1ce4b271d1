import { allowLine } from './log.ts';

/**
 * Applies the rate limit of our log lines to what Next and libraries write to the console. Next logs each request that
 * it cannot parse, so a client could fill the disk with such lines.
 */
export function rateLimitConsole(): void {
  for (const method of ['log', 'info', 'warn', 'error'] as const) {
    const write = console[method].bind(console);
    console[method] = (...values: unknown[]) => {
      if (allowLine(`console.${method}`)) write(...values);
    };
  }
}
