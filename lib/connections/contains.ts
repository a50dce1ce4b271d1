import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { connections } from '#lib/db/schema.ts';
import { sanitize } from '#lib/text/sanitize.ts';

const MAX_LENGTH = 100;

/** Whether a text is part of what these columns contain together; case-insensitive. True for no text. */
export function contains(text: string | undefined, ...columns: SQLWrapper[]): SQL {
  const part = sanitize(text, MAX_LENGTH);
  if (part === '') return sql`true`;
  const pattern = `%${part.replaceAll(/[\\%_]/g, '\\$&')}%`;
  return sql`concat_ws(' ', ${sql.join(columns, sql`, `)}) ilike ${pattern}`;
}

/** Whether a text is part of what identifies the client of a connection, or of more columns. */
export function clientContains(text: string | undefined, ...more: SQLWrapper[]): SQL {
  const { sortName, clientId, applicationName } = connections;
  return contains(text, sortName, clientId, applicationName, ...more);
}
