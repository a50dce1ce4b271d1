import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockDirectory } from '#lib/db/directory-lock.ts';
import { DatabaseInUseError } from '#lib/db/errors.ts';
import { temporaryDirectory } from '#tests/support/processes.ts';

let folder: ReturnType<typeof temporaryDirectory>;
let directory: string;

beforeEach(() => {
  folder = temporaryDirectory('lock');
  directory = join(folder.path, 'data');
});
afterEach(() => folder.remove());

/** The id of a process that has ended. */
const deadPid = () => execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim();

test('a directory is locked until its release, which leaves nothing behind', async () => {
  const { release } = await lockDirectory(directory);
  await expect(lockDirectory(directory)).rejects.toThrow(`process ${process.pid}`);
  release();
  expect(readdirSync(folder.path)).toEqual([]);
  (await lockDirectory(directory)).release();
});

test('of many that lock a directory of a dead process at the same time, one gets it at most', async () => {
  const pid = deadPid();
  for (let round = 0; round < 5; round++) {
    writeFileSync(`${directory}.lock`, `${pid} 1`);
    const results = await Promise.allSettled(Array.from({ length: 4 }, () => lockDirectory(directory)));
    const locks = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(locks.length).toBeLessThanOrEqual(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(DatabaseInUseError);
    for (const { release } of locks) release();
  }
});

test('the claim of a dead process is removed, and no claim of another name', async () => {
  writeFileSync(`${directory}.lock.dead`, `${deadPid()} 1 ${hostname()}`);
  const { release } = await lockDirectory(directory);
  expect(readdirSync(folder.path)).not.toContain('data.lock.dead');
  expect(readdirSync(folder.path)).toHaveLength(1);
  release();
});

test('a claim from another host is respected, and the error names the file', async () => {
  writeFileSync(`${directory}.lock.other`, `${process.pid} 1 container-b`);
  await expect(lockDirectory(directory)).rejects.toThrow(/of host container-b .*data\.lock\.other/);
});
