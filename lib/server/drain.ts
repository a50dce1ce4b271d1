import type { Server } from 'node:http';
import { perProcess } from './per-process.ts';

/** Time from the signal until the process exits, even if requests are still running. */
const DEADLINE_MS = 10_000;
/** Interval at which idle connections are closed. */
const SWEEP_INTERVAL_MS = 50;

const controller = perProcess('drain', () => new AbortController());
const servers = new Set<Server>();

/**
 * Aborted when this process received a signal to end. Running calls may finish; what has no end of its own (a
 * subscription, a live page) ends on it.
 */
export function drainSignal(): AbortSignal {
  return controller().signal;
}

/** Remembers a server, so that its idle connections are closed on shutdown. */
export function trackServer(server: Server): void {
  servers.add(server);
}

/**
 * Shuts the process down in order on SIGTERM and SIGINT. Next itself stops listening, lets running requests finish,
 * waits for their `after()` work and exits. This adds what Next leaves out: streams end ({@link drainSignal}), idle
 * keep-alive connections close, buffered data is written before the exit, and a deadline keeps one stuck request from
 * holding the process.
 *
 * @param finish - writes buffered data and closes resources; called once, last
 */
export function drainOnSignal(finish: () => Promise<void>): void {
  const exit = process.exit.bind(process);
  const drain = (exitCode: number) => {
    if (drainSignal().aborted) return;
    controller().abort(new Error('The server is shutting down.'));
    setInterval(() => {
      for (const server of servers) server.closeIdleConnections();
    }, SWEEP_INTERVAL_MS).unref();
    let finished: Promise<void> | undefined;
    const finishAndExit = (code: number | string | null | undefined = exitCode) => {
      finished ??= finish();
      void finished.finally(() => exit(code));
    };
    // Next calls process.exit when it is done, and has no other hook to wait in.
    process.exit = finishAndExit as typeof process.exit;
    setTimeout(finishAndExit, DEADLINE_MS).unref();
  };
  process.on('SIGTERM', () => drain(143));
  process.on('SIGINT', () => drain(130));
}
