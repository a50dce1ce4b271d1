import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startAuthkit } from '../../dev/authkit/server.ts';
import { openPeople } from '../../dev/authkit/state/people.ts';
import { openStore } from '../../dev/authkit/state/store.ts';
import type { DatabaseConfig } from '../../lib/config/env.ts';
import { openDatabase } from '../../lib/db/connection.ts';
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
  const dataDir = join(DATA, 'authkit');
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { recursive: true });
  const [appPort, authkitPort] = [await freePort(), await freePort()];
  const settings = localEnvironment({ appPort, authkitPort, dataDir });

  const store = openStore(dataDir);
  const known = openPeople(store);
  const owners: Owner[] = [];
  for (const clients of people) {
    const { id: subject } = await known.withEmail(email(clients));
    for (let number = 0; number < clients; number++)
      // Registered clients: for one with a metadata document the page would go and read it.
      owners.push({ issuer: settings.AUTHKIT_DOMAIN ?? '', subject, clientId: `client_${number}` });
  }
  await store.flush();
  const { db, close } = await openDatabase(database);
  await seedConnections(db, owners, Math.round(activity / owners.length));
  await settle(db);
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
  try {
    await app.until('/health/ready');
    const signedIn: SignedIn['people'] = [];
    for (const clients of people) signedIn.push({ clients, pages: await signInToPages(url, email(clients)) });
    return { url, people: signedIn, close: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const email = (clients: number) => `has-${clients}@example.com`;
