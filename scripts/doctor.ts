import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { examineConfiguration } from '#features/doctor/examine.ts';
import { registerResource, WORKOS_NOT_CONFIGURED } from '#features/doctor/register-resource.ts';
import { checkToken } from '#features/doctor/token.ts';
import { workosFindings } from '#features/doctor/workos.ts';
import { guardedFetch } from '#lib/guarded-fetch/guarded-fetch.ts';
import { loadConfiguration } from './doctor/environment.ts';
import {
  asRegistrationChoice,
  asRevisionChoice,
  examineServer,
  FAIL_ON,
  oneOf,
} from './doctor/examine-server.ts';
import { type Examination, printExamination, printExchange } from './doctor/print.ts';
import { runProbe } from './doctor/probe.ts';

const USAGE = `npm run doctor                            checks the configuration in this directory and the deployment it describes
npm run doctor -- <url>                   checks the server at <url> as an MCP client without a token sees it
npm run doctor -- --token                 checks an access token from standard input against the configuration
npm run doctor -- --register-resource     registers the resource indicator of this deployment at WorkOS;
                                          with --default also for clients that send no resource
npm run doctor -- --probe                 walks you through what this WorkOS does where no document says it;
                                          --client-id <url> names a client metadata document with a loopback redirect

  --json                  findings and exchanges as JSON
with <url>
  --sarif                 findings and exchanges as SARIF 2.1.0, for code scanning
  --markdown              findings and exchanges as Markdown
  --revision <revision>   2026-07-28, 2025-11-25, 2025-06-18 or auto (default)
  --registration <kind>   cimd, dcr, pre-registered or auto (default)
  --fail-on <severity>    error (default), warning, note or never

Each finding has a fix. The exit code is 1 with an error among the findings (with <url>: with a finding as severe as
--fail-on), 2 for wrong arguments.`;

type Options = { json: boolean; token: boolean; 'register-resource': boolean; default: boolean };

async function examineDeployment(options: Options): Promise<Examination> {
  const { config, findings, local } = loadConfiguration();
  const subject = config?.appUrl ?? 'configuration';
  if (config === undefined) return { subject, findings, exchanges: [] };
  if (options.token) {
    const token = (await text(process.stdin)).trim();
    const checked = checkToken(config, token);
    // WorkOS shows which of the possible causes it is.
    const explained =
      !local && checked.some(({ id }) => id === 'token-audience')
        ? (await workosFindings(config)).filter(({ id }) =>
            /^(?:resource-indicator|jwt-template|workos)/.test(id),
          )
        : [];
    return { subject, findings: [...checked, ...explained], exchanges: [] };
  }
  if (options['register-resource'])
    return {
      subject,
      findings: [local ? WORKOS_NOT_CONFIGURED : await registerResource(config, options.default)],
      exchanges: [],
    };

  const onEvent = options.json ? undefined : printExchange;
  const examined = await examineConfiguration(config, { fetch: guardedFetch, onEvent });
  return { subject, findings: [...findings, ...examined.findings], exchanges: examined.exchanges };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    sarif: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
    revision: { type: 'string' },
    registration: { type: 'string' },
    'fail-on': { type: 'string' },
    token: { type: 'boolean', default: false },
    'register-resource': { type: 'boolean', default: false },
    default: { type: 'boolean', default: false },
    probe: { type: 'boolean', default: false },
    'client-id': { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const [url] = positionals;
const revision = asRevisionChoice(values.revision ?? 'auto');
const registration = asRegistrationChoice(values.registration ?? 'auto');
const failOn = oneOf(FAIL_ON, values['fail-on'] ?? 'error');
const formats = [values.json, values.sarif, values.markdown].filter(Boolean).length;
const ofServer =
  values.sarif ||
  values.markdown ||
  [values.revision, values.registration, values['fail-on']].some((value) => value !== undefined);
const modes = [values.token, values['register-resource'], values.probe, url !== undefined];
const invalid =
  positionals.length > 1 ||
  formats > 1 ||
  (ofServer && url === undefined) ||
  revision === undefined ||
  registration === undefined ||
  failOn === undefined ||
  (values.default && !values['register-resource']) ||
  (values['client-id'] !== undefined && !values.probe) ||
  modes.filter(Boolean).length > 1;
if (values.help || invalid) {
  console.log(USAGE);
  process.exitCode = values.help ? 0 : 2;
} else if (values.probe) {
  const { config, findings } = loadConfiguration();
  process.exitCode =
    config === undefined
      ? printExamination({ subject: 'configuration', findings, exchanges: [] }, values.json)
      : await runProbe(config, { json: values.json, clientDocument: values['client-id'] });
} else if (url !== undefined) {
  const format = values.json ? 'json' : values.sarif ? 'sarif' : values.markdown ? 'markdown' : 'text';
  process.exitCode = await examineServer(url, {
    fetch: guardedFetch,
    format,
    failOn,
    revision,
    registration,
  });
} else {
  process.exitCode = printExamination(await examineDeployment(values), values.json);
}
