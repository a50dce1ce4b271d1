import { sql } from 'drizzle-orm';
import { config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import { db } from '#lib/db/connection.ts';
import { activity } from '#lib/db/schema.ts';
import { IssuerMetadataUnavailable, issuerMetadata } from '#lib/oauth/authorization-server-metadata.ts';

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
    if (!(error instanceof IssuerMetadataUnavailable)) throw error;
    return [
      {
        subject: 'AuthKit',
        state: 'failed',
        says: 'unreachable',
        meaning: `The metadata of ${config().authkitDomain} cannot be read: ${error.message}. Check AUTHKIT_DOMAIN.`,
      },
      { subject: 'CIMD', state: 'unknown', says: 'unknown', meaning: 'AuthKit has to answer first.' },
    ];
  }
}

/**
 * Whether tokens are issued for this resource. Only a token can prove it: the verifier lets through none whose
 * audience is another, so one allowed call does.
 */
export async function resourceIndicatorState(): Promise<readonly Finding[]> {
  const resource = resourceUrl(config());
  const proven = {
    subject: 'Resource indicator',
    state: 'ok',
    says: 'matches',
    meaning: `A client has called with a token for ${resource}.`,
  } as const;
  const open = {
    subject: 'Resource indicator',
    state: 'unknown',
    says: 'not seen yet',
    meaning: `The first call will show whether tokens are issued for ${resource}. It must stand exactly so in the WorkOS dashboard, Connect, Configuration.`,
  } as const;
  try {
    const found = await (await db()).select({ one: sql`1` }).from(activity).limit(1);
    return [found.length > 0 ? proven : open];
  } catch {
    return [open];
  }
}

/** Whether the database answers. */
export async function databaseState(): Promise<readonly Finding[]> {
  const kind = config().database.kind === 'pglite' ? 'embedded' : 'PostgreSQL';
  try {
    await (await db()).execute(sql`select 1`);
    return [{ subject: 'Database', state: 'ok', says: kind, meaning: `The ${kind} database answers.` }];
  } catch {
    return [
      {
        subject: 'Database',
        state: 'failed',
        says: 'unreachable',
        meaning: 'Every call to /mcp is refused until it answers. Check DATABASE_URL and the server log.',
      },
    ];
  }
}
