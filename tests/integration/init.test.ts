import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError, parseConfig } from '#lib/config/env.ts';
import { runIn, trackedCopy } from '#tests/support/tracked-copy.ts';

const copy = trackedCopy({ modules: 'link' });
const env = { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'test' };
const run = (...args: string[]) => runIn(copy.path, process.execPath, args, env);
const read = (file: string) => readFileSync(join(copy.path, file), 'utf8');
const vitest = (...files: string[]) =>
  run('node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', '--project', 'integration', ...files);

/** What a deployment to Vercel lacks when it has a database and nothing else. */
function requiredVariables(): string[] {
  try {
    parseConfig({ VERCEL: '1', VERCEL_URL: 'acme.vercel.app', DATABASE_URL: 'postgres://database/acme' });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ variable }) => variable);
  }
  return [];
}

beforeAll(() => {
  execFileSync('git', ['init', '--quiet'], { cwd: copy.path });
});
afterAll(() => copy.remove());

describe('a name that cannot be one', () => {
  test.each([
    [[]],
    [['--name', '"; rm -rf /']],
    [['--name', 'Acme', '--prefix', 'Acme!']],
    [['--name', 'Acme', '--repository', 'git@github.com:acme/mcp.git']],
  ])('%j changes nothing', (args) => {
    expect(() => run('scripts/init.ts', ...args)).toThrow(/: 2\n/);
    expect(read('package.json')).toContain('"name": "mcp-authkit-starter"');
  });
});

describe('after npm run init -- --name "Acme Tools"', () => {
  beforeAll(() => {
    run(
      'scripts/init.ts',
      '--name',
      'Acme Tools',
      '--prefix',
      'acme',
      '--repository',
      'https://github.com/acme/mcp',
    );
  });

  test('nothing is called after the starter but its authors', () => {
    const files = execFileSync('git', ['ls-files', '--others', '--exclude-standard'], {
      cwd: copy.path,
      encoding: 'utf8',
    });
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
  });

  test('types and style are in order', () => {
    run('node_modules/next/dist/bin/next', 'typegen');
    run('node_modules/typescript/bin/tsc', '--noEmit');
    run('node_modules/@biomejs/biome/bin/biome', 'check', '.');
  });

  test('the tests of names, documents and tools pass', () => {
    vitest(
      'tests/unit/config',
      'tests/unit/docs.test.ts',
      'tests/unit/oauth',
      'tests/unit/imports.test.ts',
      'tests/integration/mcp',
    );
  });
});
