import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeBlocks } from '#tests/support/markdown.ts';
import { runIn, trackedCopy } from '#tests/support/tracked-copy.ts';

const SCHEMA = 'lib/db/schema.ts';
const STORE_TEST = `
import { expect, test, vi } from 'vitest';

test('bookmarks of one person are not visible to another', async () => {
  vi.stubEnv('DATABASE_URL', 'pglite:memory://');
  vi.stubEnv('AUTHKIT_DOMAIN', 'http://localhost:4100');
  vi.stubEnv('WORKOS_API_KEY', 'sk_test');
  vi.stubEnv('WORKOS_CLIENT_ID', 'client_test');
  vi.stubEnv('WORKOS_COOKIE_PASSWORD', 'only-for-tests-0123456789-abcdefgh');
  const { addBookmark, listBookmarks } = await import('#lib/mcp/tools/bookmarks/bookmarks-store.ts');
  const ada = { issuer: 'https://issuer.example', subject: 'ada' };
  const first = await addBookmark(ada, 'https://example.com/1');
  const second = await addBookmark(ada, 'https://example.com/2');
  await addBookmark({ ...ada, subject: 'ben' }, 'https://example.com/3');
  expect((await listBookmarks(ada, 10)).map(({ id }) => id)).toEqual([second, first]);
  expect(await listBookmarks(ada, 1)).toEqual([{ id: second, url: 'https://example.com/2' }]);
});
`;

const copy = trackedCopy({ modules: 'link' });
const env = { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'test' };
const run = (...args: string[]) => runIn(copy.path, process.execPath, args, env);
const blocks = codeBlocks('docs/store-something.md');
const store = blocks.find(({ file }) => file?.endsWith('bookmarks-store.ts'));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(copy.path, file)), { recursive: true });
  writeFileSync(join(copy.path, file), text);
}

beforeAll(() => {
  const table = blocks.find(({ text }) => text.includes('pgTable('))?.text ?? '';
  write(SCHEMA, `${readFileSync(SCHEMA, 'utf8')}\n${table}`);
  write(store?.file ?? '', (store?.text ?? '').replace(/^.*\n/, ''));
  write('tests/unit/bookmarks-store.test.ts', STORE_TEST);
});

afterAll(() => copy.remove());

test('a table of the guide gets a migration, and its queries work on a migrated database', () => {
  run('node_modules/drizzle-kit/bin.cjs', 'generate');
  run('scripts/embed-migrations.ts');
  expect(readFileSync(join(copy.path, 'lib/db/migrations/meta/_statements.json'), 'utf8')).toContain(
    JSON.stringify('CREATE TABLE "bookmarks"').slice(1, -1),
  );
  run(
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    'unit*',
    '--testTimeout=120000',
    'tests/unit/bookmarks-store.test.ts',
  );
});

test('the code of the guide has types and style in order', () => {
  const files = [SCHEMA, store?.file ?? ''];
  write(
    'tsconfig.guide.json',
    JSON.stringify({ extends: './tsconfig.json', compilerOptions: { incremental: false }, include: files }),
  );
  run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.guide.json');
  run('node_modules/@biomejs/biome/bin/biome', 'check', '--vcs-enabled=false', ...files);
});
