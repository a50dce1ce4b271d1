'use server';

import { redirect } from 'next/navigation';
import { route } from '#lib/config/route.ts';
import { revokeAccess, undoRevoke } from '../actions.ts';
import { readSelection } from '../selection.ts';

/** `revokeAccess` as a plain form, for a browser without JavaScript. */
export async function revokeByForm(form: FormData): Promise<void> {
  const outcome = await revokeAccess(readSelection(form));
  const done = typeof outcome === 'string' ? outcome : outcome.undo;
  redirect(route(`/clients?done=${done}`));
}

/** `undoRevoke` as a plain form. */
export async function undoByForm(form: FormData): Promise<void> {
  redirect(route(`/clients?done=${await undoRevoke(form.get('revocation'))}`));
}
