import { parseArgs } from 'node:util';
import { isLoopback } from '#lib/config/loopback.ts';
import { discover } from '#lib/inspector/discovery.ts';
import type { Finding } from '#lib/inspector/finding.ts';
import { discoveryFindings } from '#lib/inspector/findings.ts';
import { guardedFetch } from '#lib/net/guarded-fetch.ts';

const USAGE = `npm run doctor -- <url> [--json]

Checks what an MCP client sees of the server at <url> without a token, and prints each finding with its fix.
Exits 1 when there is an error, 2 when it was called wrongly.`;

const MARKS = { error: 'ERROR  ', warning: 'WARNING', note: 'NOTE   ' } as const;

function printFinding({ severity, title, seen, standard, fix }: Finding): void {
  console.log(`\n${MARKS[severity]} ${title}`);
  console.log(`        Seen: ${seen}`);
  console.log(`        Fix:  ${fix}`);
  console.log(`        See:  ${standard.name} <${standard.url}>`);
}

async function checkServer(url: string, json: boolean): Promise<number> {
  const discovery = await discover(url, {
    fetch: guardedFetch,
    // Whoever types the URL is at this machine: its own servers are theirs to ask.
    allowLoopback: URL.canParse(url) && isLoopback(new URL(url)),
    origin: 'https://browser-client.example',
    ...(!json && {
      onEvent: (event) => {
        if (event.type !== 'exchange' || event.exchange.ledOn !== undefined) return;
        const { request, response, durationMs, error } = event.exchange;
        console.log(`${request.method} ${request.url}\n  ${response?.status ?? error} in ${durationMs} ms`);
      },
    }),
  });
  const findings = discoveryFindings(discovery);
  if (json)
    console.log(JSON.stringify({ serverUrl: url, findings, exchanges: discovery.exchanges }, null, 2));
  else if (findings.length === 0) console.log('\nNothing to report.');
  else for (const finding of findings) printFinding(finding);
  return findings.some(({ severity }) => severity === 'error') ? 1 : 0;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});
const [url] = positionals;
if (values.help || url === undefined || positionals.length > 1) {
  console.log(USAGE);
  process.exitCode = values.help ? 0 : 2;
} else process.exitCode = await checkServer(url, values.json);
