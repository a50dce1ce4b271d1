import { sql } from 'drizzle-orm';
import { config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import { db } from '#lib/db/connection.ts';
import type { Database } from '#lib/db/database.ts';
import { activity } from '#lib/db/schema.ts';
import { withDeadline } from '#lib/http/with-deadline.ts';
import { IssuerMetadataUnavailableError, issuerMetadata } from '#lib/oauth/authorization-server-metadata.ts';

/** How long the page waits for the database, in milliseconds. */
const PATIENCE_MS = 2_000;

/** One thing this deployment depends on, and how it is. */
export type Finding = {
  subject: string;
  state: 'ok' | 'unknown' | 'warning' | 'failed';
  /** In one or two words. */
  says: string;
  /** In a sentence, with the fix where something is wrong. */
  meaning: string;
};

/** Whether the authorization server answers, and whether it takes client metadata documents. */
export async function authkitState(): Promise<readonly Finding[]> {
  try {
    const metadata = await issuerMetadata(config());
    const cimd = metadata.client_id_metadata_document_supported === true;
    const dcr = typeof metadata.registration_endpoint === 'string';
    return [
      {
        subject: 'AuthKit',
        state: 'ok',
        says: 'reachable',
        meaning: `${metadata.issuer} answers with its metadata.`,
      },
      cimd
        ? {
            subject: 'CIMD',
            state: 'ok',
            says: 'enabled',
            meaning: `Clients identify themselves by their metadata document.${dcr ? ' Registration (DCR) is on as well, for old clients.' : ''}`,
          }
        : {
            subject: 'CIMD',
            state: 'warning',
            says: 'off',
            meaning: 'Switch on Client ID Metadata Document in the WorkOS dashboard, Connect, Configuration.',
          },
    ];
  } catch (error) {
    if (!(error instanceof IssuerMetadataUnavailableError)) throw error;
    return [
      {
        subject: 'AuthKit',
        state: 'failed',
        says: 'unreachable',
        meaning: `The metadata of ${config().authkitDomain} cannot be read. Check AUTHKIT_DOMAIN.`,
      },
      { subject: 'CIMD', state: 'unknown', says: 'unknown', meaning: 'AuthKit has to answer first.' },
    ];
  }
}

/**
 * Whether tokens are issued for this resource. Only a token can prove it: the verifier lets through none whose
 * audience is another, so one call in the log does.
 */
export async function resourceIndicatorState(): Promise<readonly Finding[]> {
  const settings = config();
  const resource = resourceUrl(settings);
  const subject = 'Resource indicator';
  if (settings.extraAudiences.length > 0)
    return [
      {
        subject,
        state: 'warning',
        says: 'loosened',
        meaning: `Other audiences are accepted too. Register ${resource} in the WorkOS dashboard, Connect, Configuration, then remove MCP_EXTRA_AUDIENCES.`,
      },
    ];
  if (
    await answers(
      async (database) => (await database.select({ id: activity.id }).from(activity).limit(1)).length > 0,
    )
  )
    return [
      { subject, state: 'ok', says: 'matches', meaning: `A client has called with a token for ${resource}.` },
    ];
  return [
    {
      subject,
      state: 'unknown',
      says: 'not seen yet',
      meaning: `The first call will show whether tokens are issued for ${resource}. It must stand exactly so in the WorkOS dashboard, Connect, Configuration.`,
    },
  ];
}

/** Whether the database answers. */
export async function databaseState(): Promise<readonly Finding[]> {
  const says = config().database.kind === 'pglite' ? 'embedded' : 'PostgreSQL';
  if (await answers(async (database) => (await database.execute(sql`select 1`)) !== undefined))
    return [{ subject: 'Database', state: 'ok', says, meaning: 'It answers.' }];
  return [
    {
      subject: 'Database',
      state: 'failed',
      says: 'unreachable',
      meaning: 'Every call to /mcp is refused until it answers. Check DATABASE_URL and the server log.',
    },
  ];
}

/** Whether the database says yes to `question`; a database that is away or slow says no. */
async function answers(question: (database: Database) => Promise<boolean>): Promise<boolean> {
  try {
    return await withDeadline(db().then(question), PATIENCE_MS, () => false);
  } catch {
    return false;
  }
}
