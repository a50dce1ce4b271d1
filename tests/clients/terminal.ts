import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';

export type Command = {
  env: Record<string, string>;
  cwd: string;
  /** Runs it in a terminal, as a person does. */
  tty?: boolean;
  /** What a person types, each after the text that has to appear first. */
  types?: readonly { after: RegExp; text: string }[];
  /** The command is stopped when this appears, and has succeeded. */
  until?: RegExp;
  timeoutMs?: number;
};

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Text as a terminal shows it, without colours and movements. */
export const plain = (text: string) => stripVTControlCharacters(text).replaceAll('\r', '');

/**
 * Runs a program of a client.
 *
 * @returns what it printed
 * @throws {Error} with what it printed, when it fails or does not end in time
 */
export function run(program: string, args: readonly string[], command: Command): Promise<string> {
  const { env, cwd, tty = false, types = [], until, timeoutMs = 120_000 } = command;
  const line = ['exec', quoted(program), ...args.map(quoted)].join(' ');
  const [started, parameters] = tty
    ? ['script', ['-qefc', `stty rows 60 cols 250; ${line}`, '/dev/null']]
    : [program, args];
  const child: ChildProcessWithoutNullStreams = spawn(started, parameters, {
    env: { ...env, NODE_ENV: env.NODE_ENV as 'production' },
    cwd,
    detached: true,
  });
  const signal = (name: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // It has ended.
    }
  };
  const stop = () => {
    // `script` passes this on to the program, which is in a session of its own.
    signal('SIGTERM');
    setTimeout(() => signal('SIGKILL'), 5_000).unref();
  };
  return new Promise((resolve, reject) => {
    let output = '';
    let read = 0;
    const left = [...types];
    const fail = (why: string) => reject(new Error(`${why}: ${plain(output).trim().slice(-1500)}`));
    const timer = setTimeout(() => {
      stop();
      fail('no end in time');
    }, timeoutMs);
    const take = (chunk: Buffer) => {
      output += chunk;
      const shown = plain(output);
      if (left[0]?.after.test(shown.slice(read))) {
        read = shown.length;
        const { text } = left.shift() as { text: string };
        // A program draws its prompt before it reads keys, and takes a text and its Enter as two keys.
        setTimeout(() => child.stdin.write(text.replace(/\r$/, '')), 1_500);
        if (text.endsWith('\r')) setTimeout(() => child.stdin.write('\r'), 3_000);
      }
      if (left.length === 0 && until?.test(shown.slice(read))) {
        clearTimeout(timer);
        stop();
        resolve(shown);
      }
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => fail(error.message));
    child.on('close', (code) => {
      clearTimeout(timer);
      if (code === 0 && until === undefined) resolve(plain(output));
      else fail(`exit ${code}`);
    });
    if (types.length === 0) child.stdin.end();
  });
}
