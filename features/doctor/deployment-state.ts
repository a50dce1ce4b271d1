import type { Finding } from '#lib/checks/finding.ts';
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

/** Whether the authorization server answers, and whether it accepts client metadata documents. */
export async function authkitState(): Promise<readonly Finding[]> {
  const { authkitDomain } = config();
  try {
    const metadata = await issuerMetadata(config());
    const registration = typeof metadata.registration_endpoint === 'string';
    return [
      {
        id: 'authkit',
        severity: 'passed',
        title: 'AuthKit: reachable',
        observed: `${metadata.issuer} serves its metadata.`,
        reference,
      },
      metadata.client_id_metadata_document_supported === true
        ? {
            id: 'cimd',
            severity: 'passed',
            title: 'CIMD: enabled',
            observed: `Clients are identified by their metadata document.${registration ? ' Dynamic client registration is enabled as well, for older clients.' : ''}`,
            reference,
          }
        : {
            id: 'cimd',
            severity: 'warning',
            title: 'CIMD: disabled',
            observed: 'The metadata of AuthKit does not advertise client metadata documents.',
            fix: 'Enable Client ID Metadata Document in the WorkOS dashboard, Connect, Configuration.',
            reference,
          },
    ];
  } catch (error) {
    if (!(error instanceof IssuerMetadataUnavailableError)) throw error;
    return [
      {
        id: 'authkit',
        severity: 'error',
        title: 'AuthKit: unreachable',
        observed: 'The metadata of AuthKit cannot be read.',
        fix: `The metadata of ${authkitDomain} cannot be read. Check AUTHKIT_DOMAIN.`,
        reference,
      },
      {
        id: 'cimd',
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
  const id = 'resource-indicator';
  if (config().extraAudiences.length > 0)
    return [
      {
        id,
        severity: 'warning',
        title: 'Resource indicator: relaxed',
        observed: 'Tokens for other audiences are accepted as well.',
        fix: `Tokens for other audiences are accepted as well. Register ${resource} in the WorkOS dashboard, Connect, Configuration, then remove MCP_EXTRA_AUDIENCES.`,
        reference,
      },
    ];
  const verified = await withDeadline(hasActivity(), TIMEOUT_MS, () => false).catch(() => false);
  return [
    verified
      ? {
          id,
          severity: 'passed',
          title: 'Resource indicator: matches',
          observed: `A client has called with a token for ${resource}.`,
          reference,
        }
      : {
          id,
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
