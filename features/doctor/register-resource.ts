import type { Finding } from '#lib/checks/finding.ts';
import type { Config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import { REFERENCES } from './references.ts';
import { askWorkos, listWorkos, messageOf, RESOURCES_PATH, resourceRow, troubleWith } from './workos-api.ts';

/** Reported instead of a registration while local AuthKit is used. */
export const WORKOS_NOT_CONFIGURED: Finding = {
  id: 'workos-not-configured',
  severity: 'error',
  title: 'WORKOS_API_KEY is not set',
  observed: 'A resource indicator is registered at WorkOS. Local AuthKit needs none.',
  fix: 'Set WORKOS_API_KEY and the other variables of your WorkOS environment, then run this again.',
  reference: REFERENCES.variables,
};

/**
 * Registers the resource indicator of this deployment at WorkOS. One that is registered already is a success.
 *
 * @param asDefault - whether tokens of clients that send no resource are issued for it, too
 */
export async function registerResource(config: Config, asDefault = false): Promise<Finding> {
  const uri = resourceUrl(config);
  const reference = REFERENCES.resources;
  const answer = await askWorkos(config, RESOURCES_PATH, {
    method: 'POST',
    body: { uri, ...(asDefault ? { default: true } : {}) },
  });
  const isNew = (answer?.status === 200 || answer?.status === 201) && answer.body !== undefined;
  const listed = isNew ? undefined : await listWorkos(config, RESOURCES_PATH, resourceRow);
  const existing = listed && 'rows' in listed ? listed.rows.find((row) => row.uri === uri) : undefined;
  if (asDefault && (isNew ? answer.body?.default === false : existing && !existing.default))
    return {
      id: 'resource-not-default',
      severity: 'warning',
      title: 'The resource indicator is registered, and is not the default',
      observed: `${uri}: WorkOS takes default with a new indicator only.`,
      reference,
      fix: 'Set it as default in the WorkOS dashboard, Connect, Configuration.',
    };
  if (isNew || existing)
    return {
      id: 'resource-registered',
      severity: 'note',
      title: `The resource indicator is registered${isNew ? '' : ' already'}`,
      observed: `${uri}${asDefault ? ', as the default' : ''}.`,
      reference,
      fix: 'Nothing to do. New tokens are issued for it; old ones keep their aud.',
    };
  const refused = answer?.status === 401 || answer?.status === 403;
  return (
    troubleWith(config, answer) ?? {
      id: 'resource-not-registered',
      severity: 'error',
      title: 'The resource indicator could not be registered',
      observed: `${uri}: status ${answer?.status}${messageOf(answer)}. It is not in the list of indicators either.`,
      reference,
      fix: refused
        ? 'Copy the key of the same environment as AUTHKIT_DOMAIN: WorkOS dashboard, API Keys.'
        : 'Register it in the WorkOS dashboard, Connect, Configuration.',
    }
  );
}
