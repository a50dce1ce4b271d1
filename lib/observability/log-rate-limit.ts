/** Lines of one event in one window; an attack writes no more than this, however many requests it makes. */
const LINES = 60;
const WINDOW_MS = 10_000;

/** How many lines an event has left. */
export type LogBudget = {
  /** Whether one more line of this event may be written now. */
  spend(event: string): boolean;
};

type Window = { written: number; leftOut: number };

/**
 * A budget of {@link LINES} for each event in {@link WINDOW_MS}. Event names are constants of the code, so what this
 * remembers is bounded.
 *
 * @param told - called at the end of a window in which lines were left out
 */
export function logBudget(told: (event: string, lines: number) => void): LogBudget {
  const windows = new Map<string, Window>();

  function open(event: string): Window {
    const window = { written: 0, leftOut: 0 };
    windows.set(event, window);
    const timer = setTimeout(() => {
      windows.delete(event);
      if (window.leftOut > 0) told(event, window.leftOut);
    }, WINDOW_MS);
    timer.unref();
    return window;
  }

  return {
    spend(event) {
      const window = windows.get(event) ?? open(event);
      if (window.written >= LINES) {
        window.leftOut += 1;
        return false;
      }
      window.written += 1;
      return true;
    },
  };
}
