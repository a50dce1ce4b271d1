import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseInUseError } from './errors.ts';

type Holder = { pid: number; started: string; host: string; file: string };

const ATTEMPTS = 6;
const MAX_PAUSE_MS = 50;

/** Start time of a process in ticks of the kernel, to recognize a reused process id. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** A process on another host, which may be another container on the same volume, cannot be examined. */
function isAlive({ pid, started, host, file }: Holder): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return held.has(file) || (started !== '' && started === startOf(pid));
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return started === '' || started === startOf(pid);
}

/** The other claims on a directory. */
function others(directory: string, own: string): Holder[] {
  const [folder, prefix] = [dirname(directory), `${basename(directory)}.lock`];
  return readdirSync(folder).flatMap((name) => {
    const file = join(folder, name);
    if (!name.startsWith(prefix) || file === own) return [];
    try {
      const [pid, started = '', host = hostname()] = readFileSync(file, 'utf8').split(' ');
      return [{ pid: Number(pid), started, host, file }];
    } catch {
      return [];
    }
  });
}

const held = new Set<string>();

/**
 * Locks a data directory for this process, until `release` or the end of the process. A process writes a claim under a
 * name of its own and then looks for others, so of two that do so at the same time at least one sees the other. Only the
 * claim of a process that is gone is deleted, under its own name, so a new one is never deleted for it.
 *
 * @throws {DatabaseInUseError} when a running process holds it
 */
export async function lockDirectory(directory: string): Promise<{ release(): void }> {
  for (let attempt = 1; ; attempt++) {
    const file = `${directory}.lock.${randomUUID()}`;
    held.add(file);
    const release = () => {
      if (!held.delete(file)) return;
      process.off('exit', release);
      rmSync(file, { force: true });
    };
    process.once('exit', release);
    // Renamed, so that no one reads it half written.
    writeFileSync(`${directory}.${process.pid}.tmp`, `${process.pid} ${startOf(process.pid)} ${hostname()}`);
    renameSync(`${directory}.${process.pid}.tmp`, file);
    const claims = others(directory, file);
    const holder = claims.find(isAlive);
    for (const claim of claims) if (!isAlive(claim)) rmSync(claim.file, { force: true });
    if (holder === undefined) return { release };
    release();
    if (attempt >= ATTEMPTS) throw new DatabaseInUseError(directory, holder);
    await pause(Math.random() * MAX_PAUSE_MS);
  }
}
