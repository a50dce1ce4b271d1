import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError, parseConfig } from '#lib/config/env.ts';
import { runIn, trackedCopy } from '#tests/support/tracked-copy.ts';

const copy = trackedCopy({ modules: 'link' });
const env = { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'test' };
const run = (...args: string[]) => runIn(copy.path, process.execPath, args, env);
const read = (file: string) => readFileSync(join(copy.path, file), 'utf8');
/** Wall clock of a run of other tests inside a test. */
const NESTED_RUN_TIMEOUT_MS = 5 * 60_000;
/** Lines of TypeScript and CSS in app, lib, components and features. */
const MAX_LEAN_LINES = 12_000;

/** What a deployment to Vercel lacks when it has a database and nothing else. */
function requiredVariables(): string[] {
  try {
    parseConfig({ VERCEL: '1', VERCEL_URL: 'acme.vercel.app', DATABASE_URL: 'postgres://database/acme' });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ variable }) => variable);
  }
  return [];
}

const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
    cwd: copy.path,
    encoding: 'utf8',
  });

beforeAll(() => {
  git('init', '--quiet');
  // The link to our packages is no folder, so it is not ignored as one.
  writeFileSync(join(copy.path, '.git/info/exclude'), 'node_modules\n');
  git('add', '.');
  git('commit', '--quiet', '--message', 'start');
});
afterAll(() => copy.remove());

describe('what cannot be done changes nothing and is one clear sentence', () => {
  test.each([
    ['no options and no terminal', [], 'There is no terminal to ask in. Give --name'],
    ['no name', ['--lean'], 'Give a name of 1 to 80 characters'],
    ['a forgotten --', ['Acme', 'inspector'], 'Write `npm run init -- --name "Acme"`'],
    ['quotes in the name', ['--name', '"; rm -rf /'], 'Give a name of 1 to 80 characters'],
    ['capitals in the prefix', ['--name', 'Acme', '--prefix', 'Acme!'], 'A prefix consists of a-z'],
    [
      'a repository that is not https',
      ['--name', 'Acme', '--repository', 'git@github.com:acme/mcp.git'],
      'https address',
    ],
    ['an unknown feature', ['--name', 'Acme', '--without', 'chat'], 'There is no chat. Choose from:'],
    ['an unknown option', ['--name', 'Acme', '--drop', 'chat'], "Unknown option '--drop'"],
    [
      'a feature that others need',
      ['--name', 'Acme', '--without', 'discovery'],
      'cannot work without discovery',
    ],
  ])('%s', (_, args, message) => {
    expect(() => run('scripts/init.ts', ...args)).toThrow(message);
    expect(() => run('scripts/init.ts', ...args)).toThrow(/: 2\n/);
    expect(git('status', '--porcelain')).toBe('');
  });

  test('changes that are not committed', () => {
    writeFileSync(join(copy.path, 'lib/mine.ts'), 'export const mine = 1;\n');
    expect(() => run('scripts/init.ts', '--name', 'Acme')).toThrow('Commit or stash them first.');
    expect(git('status', '--porcelain')).toBe('?? lib/mine.ts\n');
    rmSync(join(copy.path, 'lib/mine.ts'));
  });
});

describe('after npm run init -- --name "Acme Tools" --lean', () => {
  let printed = '';
  beforeAll(() => {
    git('remote', 'add', 'origin', 'https://github.com/upstream/starter.git');
    printed = run(
      'scripts/init.ts',
      ...['--name', 'Acme Tools', '--prefix', 'acme', '--lean'],
      ...['--repository', 'https://github.com/acme/mcp'],
    );
  });

  test('it says what was done and what comes next', () => {
    expect(printed).toContain('This copy is Acme Tools now');
    expect(printed).toMatch(/Without: .*client-setup, how-it-works,/);
    expect(printed).toContain('To undo all of this: git checkout . && git clean -fd');
    expect(printed).toContain('Next: npm ci, npm test,');
    expect(printed).not.toContain('upstream');
  });

  test('nothing is called after the starter but its authors', () => {
    const files = git('ls-files', '--cached', '--others', '--exclude-standard');
    const named = files
      .split('\n')
      .filter(
        (file) =>
          file !== '' && file !== 'LICENSE' && file !== 'node_modules' && existsSync(join(copy.path, file)),
      )
      .filter((file) => /mcp.authkit.starter\b/i.test(read(file)));
    expect(named).toEqual([]);
    expect(JSON.parse(read('package.json')).name).toBe('acme-tools');
    expect(JSON.parse(read('package-lock.json')).packages[''].name).toBe('acme-tools');
  });

  test('the deploy button leads to the repository, and asks for what a deployment needs', () => {
    expect(JSON.parse(read('package.json')).repository).toBe('https://github.com/acme/mcp');
    const [, link = ''] = /\]\((https:\/\/vercel\.com\/new\/clone[^)]*)\)/.exec(read('README.md')) ?? [];
    const { searchParams } = new URL(link);
    expect(searchParams.get('repository-url')).toBe('https://github.com/acme/mcp');
    const asked = searchParams.get('env')?.split(',') ?? [];
    expect(asked).toEqual(requiredVariables());
    expect(JSON.parse(searchParams.get('products') ?? '')).toMatchObject([{ protocol: 'storage' }]);
    expect(read('README.md')).not.toContain('Import your copy');
  });

  test('the command is gone', () => {
    expect(JSON.parse(read('package.json')).scripts).not.toHaveProperty('init');
    expect(existsSync(join(copy.path, 'scripts/init.ts'))).toBe(false);
    expect(existsSync(join(copy.path, 'tests/integration/init.test.ts'))).toBe(false);
  });

  test('every tool has the prefix', () => {
    const names = execFileSync(
      process.execPath,
      [
        '-e',
        "import('./lib/mcp/tools/index.ts').then(({ tools }) => console.log(tools.map(({ name }) => name).join()))",
      ],
      { cwd: copy.path, encoding: 'utf8' },
    );
    expect(
      names
        .trim()
        .split(',')
        .every((name) => name.startsWith('acme_')),
    ).toBe(true);
    expect(names).toContain('acme_whoami');
    expect(read('lib/mcp/tools/whoami.ts')).toContain('export const whoami = defineTool');
  });

  test('the core is small enough to own', () => {
    const files = globSync('{app,lib,components,features}/**/*.{ts,tsx,css}', { cwd: copy.path });
    const lines = files.reduce((sum, file) => sum + read(file).split('\n').length - 1, 0);
    expect(lines).toBeLessThanOrEqual(MAX_LEAN_LINES);
  });

  test('a fresh database has no table of the samples', () => {
    expect(read('lib/db/schema.ts')).not.toContain('notes');
    expect(read('lib/db/migrations/meta/_statements.json')).not.toContain('notes');
  });

  test('types and style are in order', () => {
    run('node_modules/next/dist/bin/next', 'typegen');
    run('node_modules/typescript/bin/tsc', '--noEmit');
    run('node_modules/@biomejs/biome/bin/biome', 'check', '.');
  });

  test(
    'the unit tests of names, documents, imports and migrations pass',
    () => {
      run(
        ...['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit*'],
        ...['tests/unit/config', 'tests/unit/db', 'tests/unit/docs.test.ts', 'tests/unit/imports.test.ts'],
        ...['tests/unit/threat-model.test.ts', 'tests/unit/oauth'],
      );
    },
    NESTED_RUN_TIMEOUT_MS,
  );

  test('a second run is refused', () => {
    git('add', '.');
    git('commit', '--quiet', '--message', 'init');
    git('checkout', '--quiet', 'HEAD~', '--', 'scripts/init.ts', 'scripts/init');
    git('commit', '--quiet', '--message', 'init is back');
    expect(() => run('scripts/init.ts', '--name', 'Acme')).toThrow('init runs once');
  });
});
