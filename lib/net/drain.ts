import { subscribe } from 'node:diagnostics_channel';
import type { Server } from 'node:http';

/** Milliseconds from the signal until the process ends whatever is still running. */
const DEADLINE_MS = 10_000;
/** Milliseconds between two looks for connections that have nothing more to send. */
const SWEEP_MS = 50;

const STATE = Symbol.for('mcp-authkit-starter.drain');

function controller(): AbortController {
  const shared = globalThis as typeof globalThis & { [STATE]?: AbortController };
  shared[STATE] ??= new AbortController();
  return shared[STATE];
}

/**
 * Aborted when this process was told to end. Calls that are running may finish; what would otherwise go on for
 * ever (a subscription, a live page) ends on it.
 */
export function drainSignal(): AbortSignal {
  return controller().signal;
}

/**
 * Ends the process in order on SIGTERM and SIGINT. Next itself stops listening, lets running requests finish and
 * waits for their `after()` work; this adds what it leaves out: it ends streams ({@link drainSignal}), closes
 * connections that a client keeps open for later, and sets a deadline, so that one stuck request cannot hold the
 * process until it is killed with its buffers full.
 *
 * @param flush - writes what is buffered; called at once, and again at the deadline
 */
export function drainOnSignal(flush: () => Promise<void>): void {
  const servers = new Set<Server>();
  subscribe('http.server.request.start', (message) => {
    const { server } = message as { server: Server };
    servers.add(server);
  });
  const drain = (exitCode: number) => {
    if (drainSignal().aborted) return;
    controller().abort(new Error('The server is shutting down.'));
    void flush();
    setInterval(() => {
      for (const server of servers) server.closeIdleConnections();
    }, SWEEP_MS).unref();
    setTimeout(() => void flush().finally(() => process.exit(exitCode)), DEADLINE_MS).unref();
  };
  process.on('SIGTERM', () => drain(143));
  process.on('SIGINT', () => drain(130));
}
