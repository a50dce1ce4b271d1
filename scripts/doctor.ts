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

const FLAG = { type: 'boolean', default: false } as const;
const TEXT = { type: 'string' } as const;

/** @throws TypeError for an unknown option, or one without its value */
const readArguments = () =>
  parseArgs({
    allowPositionals: true,
    options: {
      json: FLAG,
      sarif: FLAG,
      markdown: FLAG,
      revision: TEXT,
      registration: TEXT,
      'fail-on': TEXT,
      token: FLAG,
      'register-resource': FLAG,
      default: FLAG,
      probe: FLAG,
      'client-id': TEXT,
      help: FLAG,
    },
  });

/** Prints why the arguments are wrong. Not to standard output, which can be the file of a report. */
function refuse(problem: string): number {
  console.error(`${problem}\n\n${USAGE}`);
  return 2;
}

async function main({ values, positionals }: ReturnType<typeof readArguments>): Promise<number> {
  const [url] = positionals;
  const revision = asRevisionChoice(values.revision ?? 'auto');
  const registration = asRegistrationChoice(values.registration ?? 'auto');
  const failOn = oneOf(FAIL_ON, values['fail-on'] ?? 'error');
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (revision === undefined) return refuse(`--revision ${values.revision} is not a revision that is known.`);
  if (registration === undefined)
    return refuse(`--registration ${values.registration} is none of cimd, dcr, pre-registered and auto.`);
  if (failOn === undefined) return refuse(`--fail-on ${values['fail-on']} is none of ${FAIL_ON.join(', ')}.`);
  if (positionals.length > 1) return refuse('Give one URL.');
  if ([values.json, values.sarif, values.markdown].filter(Boolean).length > 1)
    return refuse('Choose one of --json, --sarif and --markdown.');
  const ofServer = (['sarif', 'markdown', 'revision', 'registration', 'fail-on'] as const).find(
    (name) => values[name] !== undefined && values[name] !== false,
  );
  if (ofServer !== undefined && url === undefined) return refuse(`--${ofServer} needs the URL of a server.`);
  if (values.default && !values['register-resource']) return refuse('--default needs --register-resource.');
  if (values['client-id'] !== undefined && !values.probe) return refuse('--client-id needs --probe.');
  if ([values.token, values['register-resource'], values.probe, url !== undefined].filter(Boolean).length > 1)
    return refuse('Choose one of a URL, --token, --register-resource and --probe.');

  if (values.probe) {
    const { config, findings } = loadConfiguration();
    return config === undefined
      ? printExamination({ subject: 'configuration', findings, exchanges: [] }, values.json)
      : runProbe(config, { json: values.json, clientDocument: values['client-id'] });
  }
  if (url !== undefined) {
    const format = values.json ? 'json' : values.sarif ? 'sarif' : values.markdown ? 'markdown' : 'text';
    return examineServer(url, { fetch: guardedFetch, format, failOn, revision, registration });
  }
  return printExamination(await examineDeployment(values), values.json);
}

let given: ReturnType<typeof readArguments> | undefined;
try {
  given = readArguments();
} catch (error) {
  // The first sentence: the second is about arguments that begin with a dash.
  process.exitCode = refuse(`${(error as Error).message.split('. ')[0]}.`);
}
if (given) process.exitCode = await main(given);
