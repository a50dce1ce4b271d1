import { subscribe } from 'node:diagnostics_channel';
import type { Server } from 'node:http';
import { perProcess } from './per-process.ts';

/** Milliseconds from the signal until the process ends whatever is still running. */
const DEADLINE_MS = 10_000;
/** Milliseconds between two looks for connections that have nothing more to send. */
const SWEEP_MS = 50;

const controller = perProcess('drain', () => new AbortController());

/**
 * Aborted when this process was told to end. Calls that are running may finish; what would otherwise go on for
 * ever (a subscription, a live page) ends on it.
 */
export function drainSignal(): AbortSignal {
  return controller().signal;
}

/**
 * Ends the process in order on SIGTERM and SIGINT. Next itself stops listening, lets running requests finish, waits
 * for their `after()` work and ends the process; this adds what it leaves out: it ends streams
 * ({@link drainSignal}), closes connections that a client keeps open for later, writes what is buffered before the
 * process ends, and sets a deadline, so that one stuck request cannot hold the process until it is killed.
 *
 * @param finish - writes what is buffered and lets go of what is held; called once, last
 */
export function drainOnSignal(finish: () => Promise<void>): void {
  const servers = new Set<Server>();
  subscribe('http.server.request.start', (message) => {
    const { server } = message as { server: Server };
    servers.add(server);
  });
  const end = process.exit.bind(process);
  const drain = (exitCode: number) => {
    if (drainSignal().aborted) return;
    controller().abort(new Error('The server is shutting down.'));
    setInterval(() => {
      for (const server of servers) server.closeIdleConnections();
    }, SWEEP_MS).unref();
    let finished: Promise<void> | undefined;
    const finishAndEnd = (code: number | string | null | undefined = exitCode) => {
      finished ??= finish();
      void finished.finally(() => end(code));
    };
    // Next calls this when it is done and offers no other moment to wait in.
    process.exit = finishAndEnd as typeof process.exit;
    setTimeout(finishAndEnd, DEADLINE_MS).unref();
  };
  process.on('SIGTERM', () => drain(143));
  process.on('SIGINT', () => drain(130));
}
