/** Lines of one event in one window, however many requests cause it. */
const MAX_LINES = 60;
const WINDOW_MS = 10_000;

/**
 * Allows {@link MAX_LINES} lines of each event in {@link WINDOW_MS}. Event names are constants of the code, so memory is
 * bounded.
 *
 * @param onDropped - called at the end of a window in which lines were dropped
 * @returns whether one more line of an event may be written now
 */
export function createLogLimiter(onDropped: (event: string, lines: number) => void) {
  const windows = new Map<string, { written: number; dropped: number }>();

  function open(event: string) {
    const window = { written: 0, dropped: 0 };
    windows.set(event, window);
    setTimeout(() => {
      windows.delete(event);
      if (window.dropped > 0) onDropped(event, window.dropped);
    }, WINDOW_MS).unref();
    return window;
  }

  return (event: string): boolean => {
    const window = windows.get(event) ?? open(event);
    const allowed = window.written < MAX_LINES;
    if (allowed) window.written += 1;
    else window.dropped += 1;
    return allowed;
  };
}
