import { beforeAll, expect, test } from 'vitest';
import { connectionId } from '#lib/connections/identity.ts';
import { MIGRATIONS } from '#lib/db/migrations.ts';
import { ISSUER } from '#tests/support/caller.ts';
import {
  CLIENT,
  readRecording,
  recordedDatabase,
  useDatabase,
  writeRecording,
} from '#tests/support/previous-version.ts';

beforeAll(async () => {
  if (process.env.RECORD_STATEMENTS) await writeRecording();
});

test('the statements of the previous version succeed on the schema of this one, beside this one', async () => {
  const { migration, statements } = readRecording();
  expect(MIGRATIONS.map(({ name }) => name)).toContain(migration);
  expect(statements.length).toBeGreaterThan(20);
  const { client, db } = await recordedDatabase();
  await useDatabase(db, 'user_current');
  const refused: unknown[] = [];
  for (const [text, parameters] of statements) {
    const { rows } = await client.query<{ target: string }>(text, parameters);
    if (/^select .* from "denials" where \(\("denials"."version"/.test(text)) refused.push(...rows);
  }
  // What this version revokes, the previous version refuses.
  const target = connectionId({
    issuer: ISSUER,
    subject: 'user_current',
    clientId: CLIENT,
    sessionId: undefined,
  });
  expect(refused).toContainEqual(expect.objectContaining({ target }));
  await client.close();
});
