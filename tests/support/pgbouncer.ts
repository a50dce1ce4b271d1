import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './free-port.ts';

/** PgBouncer, from the package of a distribution: `apt-get install pgbouncer`. Undefined where it is not installed. */
export const PGBOUNCER = ['pgbouncer', '/usr/sbin/pgbouncer'].find(
  (program) => spawnSync(program, ['--version']).status === 0,
);

export type Pooler = {
  /** The connection string of a database through the pooler. */
  through(url: string): string;
  close(): Promise<void>;
};

/** It refuses to run as root. */
const UNPRIVILEGED = 'nobody';

/**
 * Starts a PgBouncer in transaction mode in front of a PostgreSQL on loopback.
 *
 * @param url - of any database of the server
 * @param connections - server connections for each database
 */
export async function startPgbouncer(url: string, connections: number): Promise<Pooler> {
  const { port: target, username, password } = new URL(url);
  const directory = await mkdtemp(join(tmpdir(), 'pgbouncer-'));
  await chmod(directory, 0o755);
  const port = await freePort();
  await writeFile(join(directory, 'users.txt'), `"${username}" "${password}"\n`);
  await writeFile(
    join(directory, 'pgbouncer.ini'),
    [
      '[databases]',
      `* = host=127.0.0.1 port=${target}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = scram-sha-256',
      `auth_file = ${join(directory, 'users.txt')}`,
      'pool_mode = transaction',
      `default_pool_size = ${connections}`,
    ].join('\n'),
  );
  const id = (flag: string) => Number(execFileSync('id', [flag, UNPRIVILEGED], { encoding: 'utf8' }));
  const user = process.getuid?.() === 0 ? { uid: id('-u'), gid: id('-g') } : {};
  const child = spawn(PGBOUNCER ?? 'pgbouncer', ['-q', join(directory, 'pgbouncer.ini')], {
    stdio: 'ignore',
    ...user,
  });
  const exited = once(child, 'exit');
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`pgbouncer exited with ${child.exitCode}`);
    await pause(50);
  }
  return {
    through: (other) => other.replace(/:\d+\//, `:${port}/`),
    async close() {
      child.kill('SIGKILL');
      await exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
