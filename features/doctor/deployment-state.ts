import type { Finding } from '#lib/checks/finding.ts';
import { type Check, failed, passed, warning } from '#lib/checks/rule.ts';
import { config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import { db } from '#lib/db/connection.ts';
import { activity } from '#lib/db/schema.ts';
import { withDeadline } from '#lib/http/with-deadline.ts';
import { IssuerMetadataUnavailableError, issuerMetadata } from '#lib/oauth/authorization-server-metadata.ts';
import { REFERENCES } from './references.ts';

/** How long the page waits for the database. */
const TIMEOUT_MS = 2_000;

const reference = REFERENCES.authkitMcp;
const AUTHKIT = {
  id: 'authkit',
  title: 'AuthKit: reachable',
  failed: 'AuthKit: unreachable',
  fix: 'The metadata of AuthKit cannot be read. Check AUTHKIT_DOMAIN.',
  reference,
} satisfies Check;
const CIMD = {
  id: 'cimd',
  title: 'CIMD: enabled',
  failed: 'CIMD: disabled',
  fix: 'Enable Client ID Metadata Document in the WorkOS dashboard, Connect, Configuration.',
  reference,
} satisfies Check;
const RESOURCE = {
  id: 'resource-indicator',
  title: 'Resource indicator: matches',
  failed: 'Resource indicator: relaxed',
  fix: 'Other audiences are accepted as well. Register the URL of this server in the WorkOS dashboard, Connect, Configuration, then remove MCP_EXTRA_AUDIENCES.',
  reference,
} satisfies Check;

/** Whether the authorization server answers, and whether it accepts client metadata documents. */
export async function authkitState(): Promise<readonly Finding[]> {
  try {
    const metadata = await issuerMetadata(config());
    const registration = typeof metadata.registration_endpoint === 'string';
    return [
      passed(AUTHKIT, `${metadata.issuer} serves its metadata.`),
      metadata.client_id_metadata_document_supported === true
        ? passed(
            CIMD,
            `Clients are identified by their metadata document.${registration ? ' Dynamic client registration is enabled as well, for older clients.' : ''}`,
          )
        : warning(CIMD, 'The metadata of AuthKit does not advertise client metadata documents.'),
    ];
  } catch (error) {
    if (!(error instanceof IssuerMetadataUnavailableError)) throw error;
    return [
      failed(AUTHKIT, error.message),
      {
        id: CIMD.id,
        severity: 'note',
        title: 'CIMD: unknown',
        observed: 'Known once AuthKit is reachable.',
        reference,
      },
    ];
  }
}

/**
 * Whether tokens are issued for this resource. Only a token proves it. The verifier refuses every other audience, so
 * one recorded call is enough.
 */
export async function resourceIndicatorState(): Promise<readonly Finding[]> {
  const resource = resourceUrl(config());
  const audiences = config().extraAudiences;
  if (audiences.length > 0) return [warning(RESOURCE, `Also accepted: ${audiences.join(', ')}.`)];
  const verified = await withDeadline(hasActivity(), TIMEOUT_MS, () => false).catch(() => false);
  if (verified) return [passed(RESOURCE, `A client has called with a token for ${resource}.`)];
  return [
    {
      id: RESOURCE.id,
      severity: 'note',
      title: 'Resource indicator: not verified yet',
      observed: `The first call verifies that tokens are issued for ${resource}, which must be registered exactly like this in the WorkOS dashboard, Connect, Configuration.`,
      reference,
    },
  ];
}

async function hasActivity(): Promise<boolean> {
  const entries = await (await db()).select({ id: activity.id }).from(activity).limit(1);
  return entries.length > 0;
}
