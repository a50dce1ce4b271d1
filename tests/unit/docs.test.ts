import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { variables } from '#lib/config/schema.ts';

const DOCUMENTS = globSync(['*.md', 'docs/**/*.md', 'dev/**/*.md']).map((path) => ({
  path: path.replaceAll('\\', '/'),
  text: readFileSync(path, 'utf8'),
}));
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));

/** Variables that are not of the app itself: of local AuthKit, of the build, of Compose, and those of other programs. */
const OTHER_VARIABLES = new Set([
  'AUTHKIT_ACCESS_TOKEN_LIFETIME',
  'AUTHKIT_BEHAVIOUR',
  'AUTHKIT_CIMD',
  'AUTHKIT_CORS_ORIGINS',
  'AUTHKIT_DATA_DIR',
  'BUILD_OUTPUT',
  'KEEP_ALIVE_TIMEOUT',
  'NEXT_MANUAL_SIG_HANDLE',
  'NEXT_RUNTIME',
  'NEXT_SERVER_ACTIONS_ENCRYPTION_KEY',
  'POSTGRES_PASSWORD',
  'RECORD_STATEMENTS',
  'RESOURCE_SERVER_TOKEN',
]);
const APP_VARIABLES = new Set([
  ...Object.keys(variables.shape),
  'APP_URL',
  'AUTHKIT_PORT',
  'MCP_ALLOWED_ORIGINS',
]);

const inline = (text: string) => [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
const withoutFences = (text: string) => text.replaceAll(/^```.*?^```$/gms, '');

/** The anchors that the headings of a document make. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  );
}

describe.each(DOCUMENTS)('$path', ({ path, text }) => {
  test('has links to existing files and headings', () => {
    const links = [...withoutFences(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const broken = links
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? path : join(dirname(path), file);
        if (!existsSync(target)) return true;
        return anchor !== undefined && !anchors(readFileSync(target, 'utf8')).includes(anchor);
      });
    expect(broken).toEqual([]);
  });

  test('names existing commands', () => {
    const named = [...text.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  test('names existing options of these commands', () => {
    const named = [...text.matchAll(/\bnpm run ([\w:-]+) -- --([\w-]+)/g)].filter(
      ([, name = '', option = '']) => {
        const [file = 'package.json'] = String(scripts[name]).match(/[\w/.-]+\.ts\b/) ?? [];
        return !new RegExp(`['\\s{]${option}['\\s]?:`).test(readFileSync(file, 'utf8'));
      },
    );
    expect(named.map(([command]) => command)).toEqual([]);
  });

  test('names existing files', () => {
    const top = '(?:app|components|dev|docs|lib|public|scripts|tests)';
    // A decision may name files that it decided against.
    const kept = withoutFences(text).replace(/^(## |\*\*)Rejected.*/ms, '');
    const named = inline(kept).filter((code) => new RegExp(`^${top}/[\\w./()[\\]-]+$`).test(code));
    expect(named.filter((name) => !existsSync(name))).toEqual([]);
  });

  test('names existing variables', () => {
    const named = [...inline(text), ...[...text.matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => name)]
      .map((code) => code.replace(/=.*$/, ''))
      .filter((code) => /^[A-Z]+(_[A-Z]+)+$/.test(code));
    expect(named.filter((name) => !APP_VARIABLES.has(name) && !OTHER_VARIABLES.has(name))).toEqual([]);
  });
});

test('every script in package.json runs an existing file', () => {
  const files = Object.values<string>(scripts).flatMap((script) => script.match(/[\w/.-]+\.ts\b/g) ?? []);
  expect(files.length).toBeGreaterThan(5);
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});

test('the README has every variable that a deployment must set', () => {
  const readme = readFileSync('README.md', 'utf8');
  for (const name of ['APP_URL', 'DATABASE_URL', 'AUTHKIT_DOMAIN', 'WORKOS_API_KEY', 'WORKOS_CLIENT_ID'])
    expect(readme).toContain(`\`${name}\``);
});

test('the app reads every variable that Compose sets', () => {
  const given = [...readFileSync('compose.yaml', 'utf8').matchAll(/^ {6}([A-Z_]+):/gm)].map(
    ([, name = '']) => name,
  );
  const own = given.filter((name) => !name.startsWith('POSTGRES_'));
  expect(own.length).toBeGreaterThan(4);
  expect(own.filter((name) => !APP_VARIABLES.has(name))).toEqual([]);
});
