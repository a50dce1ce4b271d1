import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startProcess, untilAnswers } from '../../scripts/processes.ts';
import { WORK } from './app.ts';
import type { Sample } from './probe.ts';

const PROBE = pathToFileURL(join(import.meta.dirname, 'probe.ts')).href;

/** A server under load, with the probe inside it. */
export type Measured = {
  url: string;
  /** Asks the probe; `collected` makes it collect garbage first. */
  sample(collected?: boolean): Promise<Sample>;
  /** Resolves when `path` answers with success. */
  until(path: string): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Starts `node` with `args`. What it prints goes to a file in `.work`.
 *
 * @param url - origin that it will listen on
 */
export function startMeasured(
  name: string,
  args: readonly string[],
  url: string,
  env: Record<string, string | undefined>,
): Measured {
  mkdirSync(WORK, { recursive: true });
  const file = join(WORK, `${name}.log`);
  const log = openSync(file, 'w');
  const running = startProcess(
    `${name} (it prints to ${file})`,
    ['--import', PROBE, ...args],
    { PATH: process.env.PATH, ...env },
    { stdio: ['ignore', log, log, 'ipc'] },
  );
  closeSync(log);
  return {
    url,
    until: (path) => untilAnswers(`${url}${path}`, running),
    async stop() {
      await running.stop();
    },
    async sample(collected = false) {
      const answer = once(running.child, 'message');
      running.child.send({ collected });
      return (await answer)[0] as Sample;
    },
  };
}
