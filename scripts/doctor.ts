import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { discover } from '#features/discovery/discovery.ts';
import { discoveryFindings } from '#features/discovery/findings.ts';
import { examineConfiguration } from '#features/doctor/examine.ts';
import { tokenAgainst } from '#features/doctor/token.ts';
import { registerResource } from '#features/doctor/workos.ts';
import { isLoopback } from '#lib/config/loopback.ts';
import { guardedFetch } from '#lib/guarded-fetch/guarded-fetch.ts';
import { configurationHere } from './doctor/environment.ts';
import { type Examination, printExamination, printExchange } from './doctor/print.ts';

const USAGE = `npm run doctor                            checks the configuration here, and the deployment it describes
npm run doctor -- <url>                   checks what an MCP client sees of the server at <url>, without a token
npm run doctor -- --token                 checks an access token, given on standard input, against the configuration
npm run doctor -- --register-resource     registers the resource indicator of this deployment at WorkOS

  --json    findings and exchanges as JSON

Every finding comes with its fix. Exits 1 when there is an error, 2 when it was called wrongly.`;

type Options = { json: boolean; token: boolean; 'register-resource': boolean };

async function examineServer(url: string, json: boolean): Promise<Examination> {
  const discovery = await discover(url, {
    fetch: guardedFetch,
    // Whoever types the URL is at this machine: its own servers are theirs to ask.
    allowLoopback: URL.canParse(url) && isLoopback(new URL(url)),
    origin: 'https://browser-client.example',
    ...(!json && { onEvent: printExchange }),
  });
  return { subject: url, findings: discoveryFindings(discovery), exchanges: discovery.exchanges };
}

async function examineHere(options: Options): Promise<Examination> {
  const { config, findings } = configurationHere();
  const subject = config?.appUrl ?? 'configuration';
  if (config === undefined) return { subject, findings, exchanges: [] };
  if (options.token) {
    const token = (await text(process.stdin)).trim();
    return { subject, findings: tokenAgainst(config, token), exchanges: [] };
  }
  if (options['register-resource'])
    return { subject, findings: [await registerResource(config)], exchanges: [] };

  const onEvent = options.json ? undefined : printExchange;
  const examined = await examineConfiguration(config, { fetch: guardedFetch, ...(onEvent && { onEvent }) });
  return { subject, findings: [...findings, ...examined.findings], exchanges: examined.exchanges };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    token: { type: 'boolean', default: false },
    'register-resource': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [url] = positionals;
const wrong = positionals.length > 1 || (url !== undefined && (values.token || values['register-resource']));
if (values.help || wrong) {
  console.log(USAGE);
  process.exitCode = values.help ? 0 : 2;
} else {
  const examination = url === undefined ? await examineHere(values) : await examineServer(url, values.json);
  process.exitCode = printExamination(examination, values.json);
}
