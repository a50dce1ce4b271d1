import { spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { tools } from '#lib/mcp/tools/index.ts';
import { words } from './init/names.ts';
import { keepable, lean, type PartName, parts, removable } from './init/parts.ts';
import { type Choice, InitError, isStarter, plan, readParts, removedParts } from './init/plan.ts';
import { type Git, readGit, webAddress } from './init/repository.ts';
import { readTree, writeTree } from './init/tree.ts';

const describe = (names: readonly PartName[]) =>
  names.map((name) => `  ${name.padEnd(18)}${parts[name].about}`).join('\n');

const USAGE = `npm run init                                asks in a terminal
npm run init -- --name "Acme" [options]     asks nothing

Makes this copy yours: sets its names, removes the features that you do not want and everything that only the
development of the starter needs, and then removes itself.

  --name         what people and clients see, 1 to 80 characters without quotes
  --prefix       of tool names, as in acme_whoami; made from the name by default, "" for none
  --repository   the https address of your repository, for a deploy button in README.md
  --without      features to remove, separated by commas
  --lean         keeps the core, connected clients, a plain landing page and the tool whoami
  --keep         parts of the project to keep, separated by commas

Features and samples that --without removes:
${describe(removable)}

Parts of the project that --keep keeps:
${describe(keepable)}`;

type Options = {
  name?: string;
  prefix?: string;
  repository?: string;
  without?: string;
  keep?: string;
  lean?: boolean;
};

/** Options that cannot be followed, and that the list of options explains. */
class OptionError extends InitError {
  override readonly name = 'OptionError';
}

/** @throws {InitError} for options that cannot be followed */
function readNames(options: Options): Choice['names'] {
  const name = options.name?.trim() ?? '';
  const prefix = options.prefix ?? words(name, '_');
  const slug = words(name, '-');
  if (slug === '' || name.length > 80 || /["'`\\$<>{}\n]/.test(name))
    throw new OptionError(
      'Give a name of 1 to 80 characters, with a letter and without quotes: --name "Acme"',
    );
  if (!/^([a-z][a-z0-9_]*)?$/.test(prefix))
    throw new OptionError('A prefix consists of a-z, 0-9 and _, and begins with a letter. "" is no prefix.');
  return { name, slug, prefix };
}

/** @throws {InitError} for options that cannot be followed */
function readChoice(options: Options): Choice {
  if (!/^https:\/\/[\w.-]+\/[\w./-]+$/.test(options.repository ?? 'https://host/path'))
    throw new OptionError(
      'Give the repository as an https address: --repository https://github.com/acme/mcp',
    );
  const without = readParts(options.without, removable);
  const choice = {
    names: readNames(options),
    toolNames: tools.map((tool) => tool.name),
    without: options.lean ? [...new Set([...lean, ...without])] : without,
    keep: readParts(options.keep, keepable),
    repository: options.repository,
  };
  removedParts(choice);
  return choice;
}

/** The options from the answers of a person at a terminal. */
async function ask(git: Git | undefined): Promise<Options> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = async (question: string) => (await terminal.question(`${question} `)).trim();
    const yes = async (question: string) => /^y(es)?$/i.test(await answer(`${question} [y/N]`));
    const name = await answer('Name of your server, as people see it:');
    readNames({ name, prefix: '' });
    const suggested = words(name, '_');
    const prefix = (await answer(`Prefix of tool names, - for none [${suggested}]:`)) || suggested;
    const address = git?.origin === undefined ? undefined : webAddress(git.origin);
    const owned = address !== undefined && (await yes(`Is ${address} your own repository?`));
    const isLean = await yes('Keep only the core, connected clients, a plain landing page and one tool?');
    if (!isLean) console.log(`\n${describe(removable)}\n`);
    const without = isLean ? '' : await answer('Remove which of these, separated by commas? [none]');
    if (!(await yes(`Make this copy ${name}?`))) throw new InitError('Nothing was changed.');
    return {
      name,
      prefix: prefix === '-' ? '' : prefix,
      lean: isLean,
      without,
      repository: owned ? address : undefined,
    };
  } finally {
    terminal.close();
  }
}

/** Formats the files and sorts their imports. */
function format(): boolean {
  const biome = 'node_modules/@biomejs/biome/bin/biome';
  return spawnSync(process.execPath, [biome, 'check', '--write', '.'], { stdio: 'ignore' }).status === 0;
}

/** What to say about the deploy button. */
function aboutRepository(git: Git | undefined, repository: string | undefined): string {
  if (repository !== undefined) return `The deploy button in README.md deploys ${repository}.`;
  const line = 'README.md has no deploy button';
  if (git?.origin === undefined) return `${line}: give --repository for one.`;
  const address = webAddress(git.origin);
  return address === undefined
    ? `${line}: the git remote origin is ${git.origin}, which is no address on the web.`
    : `${line}: the git remote origin is ${address}, which may be the starter's own. Give --repository if it is yours.`;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      prefix: { type: 'string' },
      repository: { type: 'string' },
      without: { type: 'string' },
      keep: { type: 'string' },
      lean: { type: 'boolean' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  if (positionals.length > 0)
    throw new OptionError(
      `Unexpected ${positionals.join(' ')}. Write \`npm run init -- --name "Acme"\`: npm keeps options that come without -- before them.`,
    );
  const root = process.cwd();
  const before = readTree(root);
  if (!isStarter(before)) throw new InitError('This copy has a name of its own already. init runs once.');
  const git = readGit(root);
  if (git?.dirty)
    throw new InitError('There are changes that are not committed. Commit or stash them first.');
  const interactive = process.argv.length === 2 && process.stdin.isTTY;
  if (process.argv.length === 2 && !interactive)
    throw new OptionError('There is no terminal to ask in. Give --name "Acme".');
  const choice = readChoice(interactive ? await ask(git) : values);

  const { written, removed } = writeTree(root, before, plan(before, choice));
  const formatted = format();

  const { names, without, keep, repository } = choice;
  const next = [
    'npm ci',
    ...(formatted ? [] : ['npm run format']),
    ...(keep.includes('screenshots') ? ['npm run screenshots'] : []),
    'npm test',
    'the first paragraph of README.md in your own words',
  ];
  console.log(`This copy is ${names.name} now: ${written} files written, ${removed} removed.`);
  if (without.length > 0) console.log(`Without: ${without.join(', ')}.`);
  console.log(names.prefix === '' ? 'Tools keep their names.' : `Tools are named ${names.prefix}_….`);
  console.log(aboutRepository(git, repository));
  if (git !== undefined && git.commits > 1)
    console.log(
      `The ${git.commits} commits of the starter are still here. For a fresh history: rm -rf .git && git init`,
    );
  console.log('`npm run init` has removed itself.');
  if (git !== undefined && git.commits > 0)
    console.log('To undo all of this: git checkout . && git clean -fd');
  console.log(`Next: ${next.join(', ')}.`);
}

try {
  await main();
} catch (error) {
  // Ctrl+D and Ctrl+C at a question.
  if (error instanceof Error && error.name === 'AbortError') {
    console.error('\nNothing was changed.');
    process.exit(130);
  }
  const expected = error instanceof InitError || (error instanceof TypeError && 'code' in error);
  if (!expected) throw error;
  console.error(error.message);
  if (!(error instanceof InitError) || error instanceof OptionError)
    console.error('`npm run init -- --help` lists the options.');
  process.exitCode = 2;
}
