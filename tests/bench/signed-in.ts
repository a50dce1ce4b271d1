import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startAuthkit } from '../../dev/authkit/server.ts';
import { type Directory, openDirectory } from '../../dev/authkit/state/directory.ts';
import { openPeople, type People } from '../../dev/authkit/state/people.ts';
import { openStore } from '../../dev/authkit/state/store.ts';
import type { DatabaseConfig } from '../../lib/config/env.ts';
import { openDatabase } from '../../lib/db/connection.ts';
import type { Database } from '../../lib/db/database.ts';
import { localEnvironment } from '../../scripts/local-environment.ts';
import { freePort } from '../support/free-port.ts';
import { type PageSession, signInToPages } from '../support/page-session.ts';
import { type Owner, seedConnections, settle } from '../support/seed-connections.ts';
import { DATA } from './app.ts';
import { launchBuild } from './app-process.ts';

/** The app with people signed in, each with another number of connected clients. */
export type SignedIn = {
  url: string;
  people: { clients: number; pages: PageSession }[];
  close(): Promise<void>;
};

/**
 * Starts local AuthKit and the app on a database that is filled first.
 *
 * @param people - how many clients each person has
 * @param activity - recorded calls in the database, spread over all clients
 */
export async function startSignedIn(
  database: DatabaseConfig,
  people: readonly number[],
  activity: number,
): Promise<SignedIn> {
  const { url, signIn, close } = await startFilled(database, async ({ db, issuer, known }) => {
    const owners: Owner[] = [];
    for (const clients of people) {
      const { id: subject } = await known.withEmail(email(clients));
      for (let number = 0; number < clients; number++)
        // Registered clients: for one with a metadata document the page would go and read it.
        owners.push({ issuer, subject, clientId: `client_${number}` });
    }
    await seedConnections(db, owners, Math.round(activity / owners.length));
    await settle(db);
  });
  const signedIn: SignedIn['people'] = [];
  for (const clients of people) signedIn.push({ clients, pages: await signIn(email(clients)) });
  return { url, people: signedIn, close };
}

/** The app and local AuthKit, with whatever was put into both before they started. */
export type Filled = {
  url: string;
  /** Closes everything when it fails. */
  signIn(email: string): Promise<PageSession>;
  close(): Promise<void>;
};

type Filling = { db: Database; issuer: string; known: People; directory: Directory };

/**
 * Starts local AuthKit and the app.
 *
 * @param fill - puts people, organizations and connections there first
 */
export async function startFilled(
  database: DatabaseConfig,
  fill: (filling: Filling) => Promise<void>,
): Promise<Filled> {
  const dataDir = join(DATA, 'authkit');
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { recursive: true });
  const [appPort, authkitPort] = [await freePort(), await freePort()];
  const settings = localEnvironment({ appPort, authkitPort, dataDir });

  const store = openStore(dataDir);
  const { db, close } = await openDatabase(database);
  const issuer = settings.AUTHKIT_DOMAIN ?? '';
  await fill({ db, issuer, known: openPeople(store), directory: openDirectory(store) });
  await store.flush();
  await close();

  const url = `http://localhost:${appPort}`;
  const authkit = await startAuthkit({ port: authkitPort, appUrl: url, dataDir });
  const app = launchBuild('pages', appPort, {
    ...settings,
    DATABASE_URL: database.kind === 'postgres' ? database.url : `pglite:${database.directory}`,
  });
  const stop = async () => {
    await app.stop();
    await authkit.close();
  };
  const orStop = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      await stop();
      throw error;
    }
  };
  await orStop(app.until('/health/ready'));
  return { url, signIn: (address) => orStop(signInToPages(url, address)), close: stop };
}

const email = (clients: number) => `has-${clients}@example.com`;
