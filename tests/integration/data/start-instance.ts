import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { commands } from './app-instance.ts';

type Commands = typeof commands;
type Answer = { id: number; value?: unknown; error?: { code?: string; message: string } };

/** An instance in another process. A command that fails there rejects here, with its `code`. */
export type Instance = {
  run<Name extends keyof Commands>(
    name: Name,
    ...args: Parameters<Commands[Name]>
  ): Promise<Awaited<ReturnType<Commands[Name]>>>;
  /** SIGSTOP, as a host freezes a function between requests. Commands wait. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
  /** SIGKILL: no time to tidy up. */
  kill(): Promise<void>;
};

/** The issuer that instances take tokens from. */
export const ISSUER = 'http://localhost:4100';

/** Starts an instance. `workosPort` is where its WorkOS API is, on loopback. */
export function startInstance(databaseUrl: string, workosPort = 9): Instance {
  const child = fork(fileURLToPath(new URL('app-instance.ts', import.meta.url)), [], {
    serialization: 'advanced',
    env: {
      NODE_ENV: 'test',
      PATH: process.env.PATH,
      APP_URL: 'http://localhost:3000',
      AUTHKIT_DOMAIN: ISSUER,
      WORKOS_API_KEY: 'sk_test_instance',
      WORKOS_CLIENT_ID: 'client_instance',
      WORKOS_COOKIE_PASSWORD: 'correct horse battery staple 0123456789',
      WORKOS_API_HOSTNAME: 'localhost',
      WORKOS_API_PORT: String(workosPort),
      WORKOS_API_HTTPS: 'false',
      DATABASE_URL: databaseUrl,
    },
  });
  const waiting = new Map<number, (answer: Answer) => void>();
  child.on('message', (answer: Answer) => waiting.get(answer.id)?.(answer));
  child.on('exit', () => {
    for (const [id, settle] of waiting)
      settle({ id, error: { code: 'exited', message: 'the instance ended' } });
  });
  let next = 0;
  return {
    run: (name, ...args) =>
      new Promise((resolve, reject) => {
        const id = next++;
        waiting.set(id, ({ value, error }) => {
          waiting.delete(id);
          if (error === undefined) resolve(value as never);
          else reject(Object.assign(new Error(error.message), { code: error.code }));
        });
        child.send({ id, name, args });
      }),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    kill: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
