import { config } from '#lib/config/env.ts';
import { type Database, db } from '#lib/db/connection.ts';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { deleteGrant, type Grant, listGrants } from '#lib/workos/grants.ts';
import { retryNowAndThen } from './deletions.ts';
import { CUTOFF_MATTERS_SECONDS, loadDenials } from './denials.ts';
import { createFreshList, type FreshList } from './fresh-list.ts';

/** What the functions of this folder work on. One per process; tests make several on one database. */
export type Context = {
  database(): Promise<Database>;
  /** Issuer of the tokens of this deployment. */
  issuer: string;
  grants: {
    list(userId: string): Promise<Grant[]>;
    delete(userId: string, applicationOrClientId: string): Promise<'deleted' | 'absent'>;
  };
  denials: FreshList;
  now(): Date;
};

const FORGET_EVERY_MS = 10 * 60_000;

/** A context on a database, with its own memory of what is denied. */
export function createContext(
  parts: Pick<Context, 'database' | 'issuer' | 'grants'> & { now?: () => Date },
): Context {
  const now = parts.now ?? (() => new Date());
  let forgotAt = 0;
  const context: Context = {
    ...parts,
    now,
    denials: createFreshList({
      prepare: async () => void (await parts.database()),
      load: async (after) => loadDenials(await parts.database(), after),
      reason: databaseErrorCode,
      refreshed: (list) => {
        const at = now().getTime();
        if (at - forgotAt > FORGET_EVERY_MS) {
          forgotAt = at;
          list.forget(Math.floor(at / 1000) - CUTOFF_MATTERS_SECONDS);
        }
        if (list.hasPending()) retryNowAndThen(context);
      },
    }),
  };
  return context;
}

const KEY = Symbol.for('mcp-authkit-starter.connections');
const processState = globalThis as typeof globalThis & { [KEY]?: Context };

/** The context of this process. */
export function processContext(): Context {
  processState[KEY] ??= createContext({
    database: db,
    issuer: config().authkitDomain,
    grants: { list: listGrants, delete: deleteGrant },
  });
  return processState[KEY];
}
