'use server';

import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { after } from 'next/server';
import { config } from '#lib/config/env.ts';
import { backgroundWork } from '#lib/server/background.ts';
import { authorizeMutation } from '#lib/session/authorize-mutation.ts';
import { storeSession } from '#lib/session/cookies.ts';
import { actor } from '#lib/session/user.ts';
import { deletePersonData } from './delete-data.ts';
import { switchedSession } from './organizations.ts';
import type { Outcome } from './outcome.ts';

const text = (form: unknown, name: string) => (form instanceof FormData ? String(form.get(name) ?? '') : '');

const show = (outcome: Outcome): never => redirect(`/account?outcome=${outcome}#${outcome}`);

/** Changes the session to another organization of the signed-in person: the form field `organization`. */
export async function switchOrganization(form: unknown): Promise<void> {
  const user = await authorizeMutation();
  if (typeof user === 'string') return show(user);
  const switched = await switchedSession(user.id, text(form, 'organization'));
  if (typeof switched === 'string') return show(switched);
  const jar = await cookies();
  return show(storeSession(switched.sealed, config(), jar, jar) ? 'switched' : 'too_large');
}

/** Deletes what is stored of the signed-in person, after they typed their e-mail address into the field `confirmation`. */
export async function deleteData(form: unknown): Promise<void> {
  const user = await authorizeMutation();
  if (typeof user === 'string') return show(user);
  if (user.impersonator !== undefined) return show('impersonated');
  if (text(form, 'confirmation').trim().toLowerCase() !== user.email.toLowerCase())
    return show('not_confirmed');
  const outcome = await deletePersonData(user.id, actor(user));
  after(backgroundWork);
  return show(outcome);
}
