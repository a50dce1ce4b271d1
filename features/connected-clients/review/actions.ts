'use server';

import { keepConnections } from '#lib/connections/reviews.ts';
import { mutate } from '../mutate.ts';
import { readSelection } from '../selection.ts';

/** Keeps an app that needed review. A plain form. */
export async function keepAccess(form: FormData): Promise<void> {
  await mutate((user) => keepConnections(user.id, readSelection(form)));
}
