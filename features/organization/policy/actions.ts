'use server';

import { notFound } from 'next/navigation';
import { NotAdminError } from '#lib/connections/organization/admin.ts';
import { changePolicy, type PolicyEffect, policyEffect } from '#lib/connections/organization/policy.ts';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { log } from '#lib/observability/log.ts';
import { authorizeMutation } from '#lib/session/authorize-mutation.ts';
import { describeCount } from '../describe-count.ts';
import { adminOf } from '../session.ts';
import { fieldsOf, type PolicyState, parsePolicy, readFields } from './form-state.ts';

const REFUSED = {
  signed_out: 'Nothing was saved: you are signed out. Sign in again.',
  cross_site: 'Nothing was saved: the request came from another site.',
  session_unavailable: 'Nothing was saved: your session cannot be checked now. Try again later.',
};

/**
 * Reviews or saves the access policy of the signed-in admin's organization. It is saved only when the form carries the review of the same
 * fields, so that its effect was shown before.
 */
export async function submitPolicy(_state: unknown, form: unknown): Promise<PolicyState> {
  const user = await authorizeMutation();
  const data = form instanceof FormData ? form : new FormData();
  const fields = readFields(data);
  if (typeof user === 'string') return { fields, problems: [], failure: REFUSED[user] };
  const policy = parsePolicy(fields);
  if ('problems' in policy) return { fields, ...policy };
  const admin = adminOf(user);
  try {
    const effect = describe(await policyEffect(admin, policy));
    const reviewed = data.get('reviewed') === JSON.stringify([fields, effect]);
    if (data.get('intent') !== 'save' || !reviewed) return { fields, problems: [], effect };
    return { fields: fieldsOf(await changePolicy(admin, policy)), problems: [], saved: true };
  } catch (error) {
    if (error instanceof NotAdminError && error.code === 'not_admin') notFound();
    if (!(error instanceof NotAdminError))
      log('error', 'organization.policy_failed', { reason: databaseErrorCode(error) });
    return { fields, problems: [], failure: 'Nothing was saved: a service did not answer. Try again later.' };
  }
}

function describe({ clients, refusesInspector, ...refused }: PolicyEffect) {
  const text =
    refused.connections === 0
      ? 'The lists refuse no connection that exists now.'
      : `The lists refuse ${describeCount(refused)} from the next call: ${clients.join(', ')}${clients.length === 10 ? ' and others' : ''}.`;
  return { text, inspector: refusesInspector };
}
