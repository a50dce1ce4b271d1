import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../support/free-port.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { startIssuer, type TestIssuer } from '../support/tokens.ts';
import { DATA } from './app.ts';
import { launchBuild, launchEmptyApp, launchFunction } from './app-process.ts';
import { type Measured, startMeasured } from './measured-process.ts';
import { signTokens } from './tokens.ts';

/** The servers that are measured, each started when it is first asked for, and tokens that all of them accept. */
export type Stage = {
  issuer: TestIssuer;
  postgres(): Promise<TestPostgres>;
  /** A new directory for a PGlite database. */
  pgliteDirectory(): string;
  /** Connection string of the database that {@link Stage.app} uses. */
  appDatabase(): Promise<string>;
  /** The build of the benchmark on PostgreSQL, with limits that load does not reach. */
  app(): Promise<Measured>;
  /** The same with an embedded database. */
  appOnPglite(): Promise<Measured>;
  /** The same with the limit of failed authentications that a deployment has by default. */
  appWithFloodLimit(): Promise<Measured>;
  /** An otherwise empty Next app with the constant route and mcp-handler. */
  emptyApp(): Promise<Measured>;
  bareHttp(): Promise<Measured>;
  mcpUse(): Promise<Measured>;
  /** Starts the build once more, with other variables. The caller waits for it, and stops it. */
  launchApp(name: string, env: Record<string, string>): Promise<Measured>;
  /** Starts the empty app once more. The caller waits for it, and stops it. */
  launchEmptyApp(): Promise<Measured>;
  /**
   * Starts a function of Vercel's build output in a process of its own. The caller waits for it, and stops it.
   *
   * @param path - the route that requests are for
   */
  launchFunction(name: string, directory: string, path: string, database?: string): Promise<Measured>;
  /** Access tokens of as many connections. */
  tokens(count: number): Promise<readonly string[]>;
  close(): Promise<void>;
};

/** Makes a stage with nothing on it yet but the issuer of tokens. */
export async function openStage(): Promise<Stage> {
  // All servers are one resource, wherever they listen: the same token is for all of them.
  const appUrl = `http://localhost:${await freePort()}`;
  const issuer = await startIssuer({ APP_URL: appUrl });
  const common = { APP_URL: appUrl, AUTHKIT_DOMAIN: issuer.url };
  const closing: (() => Promise<void>)[] = [];
  const tokens: string[] = [];
  let directories = 0;

  function once<T>(start: () => Promise<T>, stop: (started: T) => Promise<void>): () => Promise<T> {
    let started: Promise<T> | undefined;
    return () => {
      started ??= start().then((value) => {
        closing.push(() => stop(value));
        return value;
      });
      return started;
    };
  }
  const server = (start: () => Promise<Measured>, readyPath = '/health/ready') => {
    const launched = once(start, (measured) => measured.stop());
    return once(
      async () => {
        const measured = await launched();
        await measured.until(readyPath);
        return measured;
      },
      async () => {},
    );
  };

  const launchApp = async (name: string, env: Record<string, string>) =>
    launchBuild(name, await freePort(), { ...common, ...env });

  const launchAnotherEmptyApp = async () => launchEmptyApp(await freePort(), common);

  async function launchOwn(name: string): Promise<Measured> {
    const port = String(await freePort());
    const file = join(import.meta.dirname, name, 'server.ts');
    const env = { ...common, PORT: port, MCP_USE_ANONYMIZED_TELEMETRY: 'false' };
    return startMeasured(name, [file], `http://localhost:${port}`, env);
  }

  const postgres = once(startPostgres, (started) => started.close());
  const appDatabase = once(
    async () => (await postgres()).createDatabase(),
    async () => {},
  );
  const pgliteDirectory = () => {
    const directory = join(DATA, `pglite-${++directories}`);
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    return directory;
  };

  return {
    issuer,
    postgres,
    pgliteDirectory,
    appDatabase,
    launchApp,
    app: server(async () => launchApp('app', { DATABASE_URL: await appDatabase() })),
    appOnPglite: server(() => launchApp('app-pglite', { DATABASE_URL: `pglite:${pgliteDirectory()}` })),
    appWithFloodLimit: server(async () =>
      launchApp('app-flood-limit', {
        DATABASE_URL: await (await postgres()).createDatabase(),
        MCP_FAILED_AUTH_PER_MINUTE: '60',
      }),
    ),
    launchEmptyApp: launchAnotherEmptyApp,
    async launchFunction(name, directory, path, database) {
      const env = database === undefined ? common : { ...common, FUNCTION_DATABASE_URL: database };
      return launchFunction(name, await freePort(), [directory, path], env);
    },
    emptyApp: server(launchAnotherEmptyApp, '/constant'),
    bareHttp: server(() => launchOwn('bare-http'), '/'),
    mcpUse: server(() => launchOwn('mcp-use'), '/.well-known/oauth-protected-resource/mcp'),
    async tokens(count) {
      if (tokens.length < count) console.error(`Signing ${count - tokens.length} tokens…`);
      await signTokens(issuer, tokens, count);
      return tokens.slice(0, count);
    },
    async close() {
      for (const stop of closing.toReversed()) await stop();
      await issuer.close();
      rmSync(DATA, { recursive: true, force: true });
    },
  };
}
