import { budget } from './log.ts';

/**
 * Puts what Next and libraries write to the console under the same budget as our own lines. Next tells of each
 * request that it cannot parse, so that anybody could fill the disk with them.
 */
export function rateLimitConsole(): void {
  for (const method of ['log', 'info', 'warn', 'error'] as const) {
    const write = console[method].bind(console);
    console[method] = (...values: unknown[]) => {
      if (budget().spend(`console.${method}`)) write(...values);
    };
  }
}
