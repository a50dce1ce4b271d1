'use server';

import { notFound, redirect } from 'next/navigation';
import { after } from 'next/server';
import { type Admin, NotAdminError } from '#lib/connections/organization/admin.ts';
import { allowAgain, revokeInOrganization } from '#lib/connections/organization/revoke.ts';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { log } from '#lib/observability/log.ts';
import { backgroundWork } from '#lib/server/background.ts';
import { authorizeMutation } from '#lib/session/authorize-mutation.ts';
import type { Result } from './done.tsx';
import { readScope } from './search-params.ts';
import { adminOf } from './session.ts';

const fieldsOf = (form: unknown) =>
  form instanceof FormData
    ? Object.fromEntries([...form].filter((field): field is [string, string] => typeof field[1] === 'string'))
    : {};

/** Revokes what the form names, in the organization of the signed-in admin: a connection, a person, an app, or all. */
export async function revokeAccessOfMembers(form: unknown): Promise<void> {
  const user = await authorizeMutation();
  if (typeof user === 'string') return show(user);
  const scope = readScope(fieldsOf(form));
  return await act(adminOf(user), async (admin) => {
    const revoked = scope && (await revokeInOrganization(admin, scope));
    return revoked === undefined ? 'nothing' : 'revoked';
  });
}

/** Lets a revoked connection of a member call again: the form field `connection`. */
export async function allowAccessAgain(form: unknown): Promise<void> {
  const user = await authorizeMutation();
  if (typeof user === 'string') return show(user);
  const { connection = '' } = fieldsOf(form);
  return await act(adminOf(user), async (admin) =>
    (await allowAgain(admin, connection)) ? 'allowed' : 'not_allowed',
  );
}

async function act(admin: Admin, work: (admin: Admin) => Promise<Result>): Promise<void> {
  let result: Result;
  try {
    result = await work(admin);
  } catch (error) {
    if (error instanceof NotAdminError && error.code === 'not_admin') notFound();
    if (!(error instanceof NotAdminError))
      log('error', 'organization.act_failed', { reason: databaseErrorCode(error) });
    result = error instanceof NotAdminError ? 'unavailable' : 'failed';
  }
  after(backgroundWork);
  return show(result);
}

const show = (result: Result): never => redirect(`/organization?view=connections&done=${result}`);
