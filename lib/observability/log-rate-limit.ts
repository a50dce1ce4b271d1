/** Lines of one event in one window, however many requests cause it. */
const MAX_LINES = 60;
const WINDOW_MS = 10_000;

/** Limits the lines of each event. */
type LogLimiter = {
  /** Whether one more line of this event may be written now. */
  allow(event: string): boolean;
};

type Window = { written: number; dropped: number };

/**
 * Allows {@link MAX_LINES} for each event in {@link WINDOW_MS}. Event names are constants of the code, so memory is
 * bounded.
 *
 * @param onDropped - called at the end of a window in which lines were dropped
 */
export function createLogLimiter(onDropped: (event: string, lines: number) => void): LogLimiter {
  const windows = new Map<string, Window>();

  function open(event: string): Window {
    const window = { written: 0, dropped: 0 };
    windows.set(event, window);
    const timer = setTimeout(() => {
      windows.delete(event);
      if (window.dropped > 0) onDropped(event, window.dropped);
    }, WINDOW_MS);
    timer.unref();
    return window;
  }

  return {
    allow(event) {
      const window = windows.get(event) ?? open(event);
      if (window.written >= MAX_LINES) {
        window.dropped += 1;
        return false;
      }
      window.written += 1;
      return true;
    },
  };
}
