import { discover } from '#features/discovery/discovery.ts';
import type { Exchange, TraceEvent } from '#features/discovery/exchange.ts';
import { discoveryFindings } from '#features/discovery/findings.ts';
import { Masker } from '#features/discovery/masking.ts';
import { reportMarkdown } from '#features/discovery/report.ts';
import {
  REGISTRATIONS,
  REVISIONS,
  type RegistrationChoice,
  type RevisionChoice,
} from '#features/discovery/revision.ts';
import { reportSarif } from '#features/discovery/sarif.ts';
import { withScheme } from '#features/discovery/steps/urls.ts';
import type { Finding } from '#lib/checks/finding.ts';
import { isLoopback } from '#lib/config/loopback.ts';
import type { GuardedFetch } from '#lib/guarded-fetch/guarded-fetch.ts';
import { printExamination, printExchange } from './print.ts';

/** Severities from which the exit code is 1; `never` reports only. */
export const FAIL_ON = ['error', 'warning', 'note', 'never'] as const;

export type ServerOptions = {
  fetch: GuardedFetch;
  format: 'text' | 'json' | 'markdown' | 'sarif';
  failOn?: (typeof FAIL_ON)[number];
  revision?: RevisionChoice | undefined;
  registration?: RegistrationChoice | undefined;
  timeoutMs?: number | undefined;
  /** Gets the output. */
  print?: (text: string) => void;
};

/** A value of a command line option; undefined when it is none of `values`. */
export const oneOf = <T extends string>(values: readonly T[], text: string | undefined): T | undefined =>
  values.find((value) => value === text);

export const asRevisionChoice = (text: string) => oneOf([...REVISIONS, 'auto'] as const, text);
export const asRegistrationChoice = (text: string) => oneOf([...REGISTRATIONS, 'auto'] as const, text);

/**
 * `npm run doctor -- <url>`: checks a server as an MCP client without a token sees it, and prints the findings.
 *
 * @param entered - the URL; one without a scheme gets `https`, or `http` for this computer
 * @returns the exit code: 1 when a finding is as severe as `failOn`
 */
export async function examineServer(
  entered: string,
  { fetch, format, failOn = 'error', print = console.log, ...options }: ServerOptions,
): Promise<number> {
  const url = URL.parse(withScheme(entered).url);
  const discovery = await discover(entered, {
    fetch,
    ...options,
    // The user of a terminal may fetch from the servers of their own computer, and may know its network.
    allowLoopback: url !== null && isLoopback(url),
    ownNetwork: true,
    origin: 'https://browser-client.example',
    onEvent: format === 'text' ? (event: TraceEvent) => printExchange(event, print) : undefined,
  });
  const findings = discoveryFindings(discovery);
  const { revision, exchanges } = discovery;
  const serverUrl = shown(discovery.serverUrl, findings, exchanges);
  const report = { serverUrl, revision, at: new Date().toISOString(), findings, exchanges };
  if (format === 'markdown') print(reportMarkdown(report));
  else if (format === 'sarif') print(reportSarif(report));
  else printExamination({ subject: serverUrl, findings, exchanges }, format === 'json', print);
  const counted = FAIL_ON.slice(0, FAIL_ON.indexOf(failOn) + 1);
  return findings.some(({ severity }) => failOn !== 'never' && counted.some((one) => one === severity))
    ? 1
    : 0;
}

/** The URL without credentials. A URL that was refused is not repeated: it may have a password anywhere. */
function shown(serverUrl: string, findings: readonly Finding[], exchanges: readonly Exchange[]): string {
  const refused = exchanges.length === 0 && findings.some(({ id }) => id === 'url-invalid');
  return refused ? 'the entered URL' : new Masker().url(serverUrl);
}
