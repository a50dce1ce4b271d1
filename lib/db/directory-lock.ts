import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseInUseError } from './errors.ts';

type Holder = { pid: number; started: string };

/** Start time of a process in ticks of the kernel, to recognize a reused process id. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isAlive({ pid, started }: Holder): boolean {
  if (pid === process.pid) return started === startOf(pid) && held.size > 0;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return started === '' || started === startOf(pid);
}

function holderIn(file: string): Holder | undefined {
  try {
    const [pid, started] = readFileSync(file, 'utf8').split(' ');
    return { pid: Number(pid), started: started ?? '' };
  } catch {
    return undefined;
  }
}

const held = new Set<string>();

/**
 * Locks a data directory for this process, until `release` or the end of the process. It takes over the lock of a
 * process that is gone.
 *
 * @throws {DatabaseInUseError} when a running process holds it
 */
export function lockDirectory(directory: string): { release(): void } {
  const file = `${directory}.lock`;
  const content = `${process.pid} ${startOf(process.pid)}`;
  for (let attempt = 0; ; attempt++) {
    try {
      writeFileSync(file, content, { flag: 'wx' });
      break;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST') || attempt >= 5)
        throw error;
    }
    const holder = holderIn(file);
    if (holder !== undefined && isAlive(holder)) throw new DatabaseInUseError(directory, holder.pid);
    rmSync(file, { force: true });
  }
  const release = () => {
    if (!held.delete(file)) return;
    process.off('exit', release);
    rmSync(file, { force: true });
  };
  held.add(file);
  process.once('exit', release);
  return { release };
}
