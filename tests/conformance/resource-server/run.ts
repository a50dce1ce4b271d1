import { execFileSync } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { localAuthkitTokens } from './authkit-tokens.ts';
import { coverage, report } from './report.ts';
import { REVISIONS, type Requirement, type Revision } from './requirement.ts';
import type { TokenSource } from './subject.ts';
import { requirements, runTests, statusOf } from './suite.ts';

const USAGE = `Judges a server by the resource server's side of MCP authorization, from outside.

  npm run test:resource-server -- <url of the MCP endpoint> [options]

  --token-command <command>        prints an access token for the server
  --other-token-command <command>  prints a token of the same issuer for another resource
  --expired-token-command <command>  prints a token that has expired
  --stdin                          reads an access token from standard input
  --scope-tool <name>              a tool that needs more scopes than the token has
  --revision <date>                only this revision; may be repeated
  --strict                         fail for requirements below MUST as well
  --coverage                       print which test covers which requirement, and do nothing else

RESOURCE_SERVER_TOKEN can hold the token instead. Without a token, only tests that need none run. Tokens of local
AuthKit are fetched automatically. Exit code: 0 all met, 1 something is not met, 2 wrong usage.`;

/** @throws TypeError for an unknown option, or one without its value */
const readArguments = () =>
  parseArgs({
    allowPositionals: true,
    options: {
      'token-command': { type: 'string' },
      'other-token-command': { type: 'string' },
      'expired-token-command': { type: 'string' },
      stdin: { type: 'boolean' },
      'scope-tool': { type: 'string' },
      revision: { type: 'string', multiple: true },
      strict: { type: 'boolean' },
      coverage: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
type Options = ReturnType<typeof readArguments>['values'];

/** The last line that a command prints; the shell is the caller's own. */
function output(command: string): string {
  const printed = execFileSync(command, {
    shell: true,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return printed.trim().split('\n').at(-1) ?? '';
}

async function tokenSource(url: string, options: Options): Promise<TokenSource> {
  const valid = options.stdin ? (await text(process.stdin)).trim() : process.env.RESOURCE_SERVER_TOKEN;
  const commands = {
    valid: options['token-command'],
    otherAudience: options['other-token-command'],
    expired: options['expired-token-command'],
  };
  const given = Object.entries(commands).flatMap(([name, command]) => {
    if (command === undefined) return [];
    const token = output(command);
    return [[name, async () => token] as const];
  });
  const tokens: TokenSource = { ...(valid && { valid: async () => valid }), ...Object.fromEntries(given) };
  if (tokens.valid) return tokens;
  return { ...(await localAuthkitTokens(url).catch(() => undefined)), ...tokens };
}

const isRevision = (value: string): value is Revision => REVISIONS.some((revision) => revision === value);

/** Prints why the arguments are wrong. */
function refuse(problem: string): number {
  process.stderr.write(`${problem}\n\n${USAGE}\n`);
  return 2;
}

async function main({ values: options, positionals }: ReturnType<typeof readArguments>): Promise<number> {
  if (options.coverage) {
    process.stdout.write(coverage());
    return 0;
  }
  const [url] = positionals;
  const asked = options.revision ?? [...REVISIONS];
  const revisions = REVISIONS.filter((revision) => asked.includes(revision));
  if (options.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  if (url === undefined || positionals.length > 1) return refuse('Give the URL of one MCP endpoint.');
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    return refuse(`${url} is not an http or https URL. Give the whole URL of the MCP endpoint.`);
  const unknown = asked.find((revision) => !isRevision(revision));
  if (unknown !== undefined) return refuse(`--revision ${unknown} is none of ${REVISIONS.join(', ')}.`);
  const tokens = await tokenSource(url, options);
  const scopedTool = options['scope-tool'];
  const results = await runTests({ url, tokens, ...(scopedTool && { scopedTool }) }, revisions);
  process.stdout.write(`${report(url, results, revisions)}\n`);
  const isBroken = (requirement: Requirement) =>
    revisions.some((revision) => {
      const isBinding = options.strict || requirement.levels[revision] === 'MUST';
      return isBinding && statusOf(requirement, revision, results) === 'not met';
    });
  return requirements.some(isBroken) ? 1 : 0;
}

let given: ReturnType<typeof readArguments> | undefined;
try {
  given = readArguments();
} catch (error) {
  process.exitCode = refuse(`${(error as Error).message.split('. ')[0]}.`);
}
if (given) process.exitCode = await main(given);
