import 'server-only';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { type ConnectionRow, getConnection } from '#lib/connections/view.ts';
import { requireUser, type SessionUser } from '#lib/session/user.ts';

/** The client with this id and the person it acts for; the same 404 for another person's as for none. */
export const ownConnection = cache(async (id: string): Promise<{ user: SessionUser; row: ConnectionRow }> => {
  const user = await requireUser();
  const row = await getConnection(user.id, id);
  if (row === undefined) notFound();
  return { user, row };
});
