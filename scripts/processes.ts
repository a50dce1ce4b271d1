import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';

/** A failure with a message that says what to do. It is printed without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly code = 'start_failed';
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** A process that has not ended after this time is killed. */
const STOP_DEADLINE_MS = 20_000;

export type RunningProcess = {
  name: string;
  child: ChildProcess;
  /** Resolves with the exit code or the signal when the process has ended. */
  ended: Promise<number | NodeJS.Signals>;
  /** Sends `signal`, waits for the process to end, and kills it after the deadline. */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>;
};

/**
 * Runs `node` with `args`. The child's output goes to our stderr, so that our stdout holds only what we print.
 *
 * @param options.stdio - where its output goes instead
 * @param options.cwd - directory that it runs in, by default that of this process
 */
export function startProcess(
  name: string,
  args: readonly string[],
  env: Environment,
  options: { stdio?: StdioOptions; cwd?: string } = {},
): RunningProcess {
  const child: ChildProcess = spawn(process.execPath, args, {
    env: { NODE_ENV: 'production', ...env, NEXT_TELEMETRY_DISABLED: '1' },
    stdio: options.stdio ?? ['ignore', process.stderr, process.stderr],
    cwd: options.cwd,
  });
  const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal ?? code ?? 1));
  });
  const running = () => child.exitCode === null && child.signalCode === null;
  return {
    name,
    child,
    ended,
    async stop(signal = 'SIGTERM') {
      if (running()) child.kill(signal);
      const deadline = setTimeout(() => running() && child.kill('SIGKILL'), STOP_DEADLINE_MS);
      try {
        return await ended;
      } finally {
        clearTimeout(deadline);
      }
    },
  };
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(!('code' in error && error.code === 'EADDRINUSE')));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/**
 * Checks that a port is free, before anything slow starts.
 *
 * @param variable - the variable that sets the port, for the message
 * @throws {StartError} when a process listens on it
 */
export async function requireFreePort(port: number, variable: string): Promise<void> {
  for (const host of ['127.0.0.1', '::1', '0.0.0.0'])
    if (!(await canListen(port, host)))
      throw new StartError(
        `Port ${port} is in use. Stop the process that listens there, or choose another port with ${variable}.`,
      );
}

/**
 * Serves a port in both loopback address families. Next binds to the first address of `localhost` only, and clients
 * choose either; connections to the other one are passed on. Ends with this process.
 */
export async function serveBothLoopbacks(port: number): Promise<void> {
  for (const [host, other] of [
    ['127.0.0.1', '::1'],
    ['::1', '127.0.0.1'],
  ]) {
    const server = createServer((incoming) => {
      const outgoing = connect(port, other);
      for (const socket of [incoming, outgoing]) socket.on('error', () => socket.destroy());
      for (const [from, to] of [
        [incoming, outgoing],
        [outgoing, incoming],
      ] as const)
        from.pipe(to).on('close', () => from.destroy());
    });
    // The address that Next listens on is in use, and a machine may lack IPv6.
    await new Promise<void>((resolve) => server.once('error', () => resolve()).listen(port, host, resolve));
    server.unref();
  }
}

/**
 * Reads a port from a variable.
 *
 * @throws {StartError} when the value is not a port number
 */
export function portFrom(env: Environment, variable: string, byDefault: number): number {
  const text = env[variable] || String(byDefault);
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
    throw new StartError(`${variable} is ${JSON.stringify(text)}. Set a port number from 1 to 65535.`);
  return port;
}

/**
 * Waits until `url` returns a 2xx status.
 *
 * @throws {StartError} when the process ends first, or `timeoutMs` passes
 */
export async function untilAnswers(url: string, running: RunningProcess, timeoutMs = 90_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let ending: number | NodeJS.Signals | undefined;
  void running.ended.then((result) => {
    ending = result;
  });
  let last = 'no answer';
  while (ending === undefined && Date.now() < deadline) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
      await response.body?.cancel();
      if (response.ok) return;
      last = `status ${response.status}`;
    } catch {
      last = 'no answer';
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new StartError(
    ending === undefined
      ? `${running.name} was not ready after ${timeoutMs / 1000} s (${url}: ${last}).`
      : `${running.name} ended before it was ready (${ending}); its message is above.`,
  );
}
