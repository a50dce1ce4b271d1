import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { tools } from '#lib/mcp/tools/index.ts';

const USAGE = `npm run init -- --name "Acme" [--prefix acme] [--repository https://github.com/acme/mcp]

Makes this starter yours: the name that people and clients see, the name of the package, a prefix for the names of all
tools, and a deploy button for your repository in README.md. Then removes itself.

  --prefix       of tool names, acme_whoami; made from the name unless given, none with --prefix ""
  --repository   taken from the git remote origin unless given`;

const NAME = 'MCP AuthKit Starter';
const SLUG = 'mcp-authkit-starter';
/** The line of README.md that the deploy button replaces: it works for any copy, wherever that is. */
const IMPORT_LINE = /^\[Import your copy into Vercel\].*$/m;
/** What goes when this has run. */
const OWN_FILES = ['scripts/init.ts', 'tests/integration/init.test.ts'];
/** The lines that speak of it, by file. */
const MENTIONS = [
  ['package.json', '"init":'],
  ['README.md', 'npm run init'],
] as const;
/** Who wrote what this started from stays said. */
const KEPT = ['LICENSE', 'package-lock.json', ...OWN_FILES];

/** Words in lower case with `separator` between them. */
function words(text: string, separator: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, separator)
    .replace(new RegExp(`^${separator}+|${separator}+$`, 'g'), '');
}

/** `text` with the new names in it. */
function renamed(text: string, names: { name: string; slug: string; prefix: string }): string {
  const toolNames = tools.map((tool) => tool.name).join('|');
  // A file name is no tool name, nor is a part of a longer word.
  const tool = new RegExp(`(?<![\\w/-])(${toolNames})(?![\\w-]|\\.tsx?\\b)`, 'g');
  const prefixed = names.prefix === '' ? text : text.replace(tool, `${names.prefix}_$1`);
  return prefixed.replaceAll(NAME, names.name).replaceAll(SLUG, names.slug);
}

/**
 * A button that copies `repository` into the account of whoever presses it and deploys that, with a PostgreSQL of its
 * own (vercel.com/docs/deploy-button).
 */
function deployButton(repository: string): string {
  const database = {
    type: 'integration',
    protocol: 'storage',
    productSlug: 'neon',
    integrationSlug: 'neon',
  };
  const query = new URLSearchParams({
    'repository-url': repository,
    env: 'AUTHKIT_DOMAIN,WORKOS_API_KEY,WORKOS_CLIENT_ID,WORKOS_COOKIE_PASSWORD',
    envDescription: 'From the WorkOS dashboard. The cookie password is 32 random characters.',
    products: JSON.stringify([database]),
  });
  return `[![Deploy with Vercel](https://vercel.com/button)](https://vercel.com/new/clone?${query})\n`;
}

/** The https address of the git remote, if there is one. */
function originOf(): string | undefined {
  try {
    const remote = execFileSync('git', ['remote', 'get-url', 'origin'], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
    const [, host, path] =
      /^(?:https:\/\/|ssh:\/\/git@|git@)([\w.-]+)[/:]([\w./-]+?)(?:\.git)?$/.exec(remote) ?? [];
    return host && path ? `https://${host}/${path}` : undefined;
  } catch {
    return undefined;
  }
}

function trackedFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  });
  // Not through links: they may lead out of this directory.
  return listed
    .split('\n')
    .filter((file) => lstatSync(file, { throwIfNoEntry: false })?.isFile() && !KEPT.includes(file));
}

function addRepository(repository: string): void {
  const readme = readFileSync('README.md', 'utf8');
  writeFileSync('README.md', readme.replace(IMPORT_LINE, deployButton(repository)));
  const description = JSON.parse(readFileSync('package.json', 'utf8'));
  writeFileSync('package.json', `${JSON.stringify({ ...description, repository }, null, 2)}\n`);
}

function removeItself(): void {
  for (const file of OWN_FILES) rmSync(file, { force: true });
  for (const [file, mention] of MENTIONS) {
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, lines.filter((line) => !line.includes(mention)).join('\n'));
  }
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const { name } = JSON.parse(readFileSync('package.json', 'utf8'));
  lock.name = name;
  lock.packages[''].name = name;
  writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
}

function main(): number {
  const { values } = parseArgs({
    options: {
      name: { type: 'string' },
      prefix: { type: 'string' },
      repository: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const name = values.name?.trim() ?? '';
  const slug = words(name, '-');
  const prefix = values.prefix ?? words(name, '_');
  if (
    values.help ||
    slug === '' ||
    name.length > 80 ||
    /["'`\\$<>{}\n]/.test(name) ||
    !/^([a-z][a-z0-9_]*)?$/.test(prefix) ||
    !/^https:\/\/[\w.-]+\/[\w./-]+$/.test(values.repository ?? 'https://host/path')
  ) {
    console.log(USAGE);
    if (values.help) return 0;
    console.error(
      '\nThe name needs 1 to 80 characters, a letter among them, and no quotes; a prefix a-z, 0-9 and _; a repository https.',
    );
    return 2;
  }
  const repository = values.repository ?? originOf();
  let changed = 0;
  for (const file of trackedFiles()) {
    const bytes = readFileSync(file);
    if (bytes.includes(0)) continue;
    const before = bytes.toString();
    const after = renamed(before, { name, slug, prefix });
    if (after === before) continue;
    writeFileSync(file, after);
    changed += 1;
  }
  removeItself();
  if (repository !== undefined) addRepository(repository);
  const biome = 'node_modules/@biomejs/biome/bin/biome';
  if (existsSync(biome)) execFileSync(process.execPath, [biome, 'check', '--write', '.'], { stdio: 'pipe' });
  console.log(
    `${changed} files say ${name}; tools are named ${prefix === '' ? 'as before' : `${prefix}_…`}.`,
  );
  console.log(
    repository === undefined
      ? 'README.md leads to the import page of Vercel: there is no git remote to make a deploy button for.'
      : `The deploy button in README.md deploys ${repository}.`,
  );
  console.log('Next: git diff, npm test, and the first paragraph of README.md in your own words.');
  return 0;
}

process.exitCode = main();
