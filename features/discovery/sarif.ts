import type { Finding, Severity } from '#lib/checks/finding.ts';
import type { Exchange, RecordedHeaders } from './exchange.ts';
import type { Report } from './report.ts';

const LEVELS = { error: 'error', warning: 'warning', note: 'note', passed: 'none' } as const satisfies Record<
  Severity,
  string
>;

const byName = (headers: RecordedHeaders) => Object.fromEntries(headers);

const request = ({ request: sent }: Exchange) => ({
  protocol: 'http',
  method: sent.method,
  target: sent.url,
  headers: byName(sent.headers),
  ...(sent.body !== undefined && { body: { text: sent.body } }),
});

const response = ({ response: received }: Exchange) =>
  received === undefined
    ? { noResponseReceived: true }
    : {
        statusCode: received.status,
        headers: byName(received.headers),
        ...(received.body !== undefined && { body: { text: received.body } }),
      };

/** A rule (SARIF 2.1.0 section 3.49) of the first finding with its id. */
const rule = ({ id, title, reference, fix }: Finding) => ({
  id,
  shortDescription: { text: title },
  ...(reference.url !== undefined && { helpUri: reference.url }),
  help: { text: [fix, reference.name].filter((text) => text !== undefined).join(' ') },
});

/**
 * The URL of a server as a relative path, without query: code hosts accept results of a run only with locations inside of
 * the repository.
 */
function relativePath(serverUrl: string): string {
  const url = URL.parse(serverUrl);
  return url === null ? 'server' : `${url.host}${url.pathname}`.replace(/\/+$/, '');
}

/**
 * A report as SARIF 2.1.0, for tools that show the results of checks, such as code scanning. Each result has the recorded
 * request and response that shows it.
 *
 * @param report - masked, as every report
 */
export function reportSarif({ serverUrl, revision, at, findings, exchanges }: Report): string {
  const rules = findings.filter(({ id }, index) => findings.findIndex((other) => other.id === id) === index);
  const indexOf = (id: string | undefined) => exchanges.findIndex((exchange) => exchange.id === id);
  const uri = relativePath(serverUrl);
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'mcp-authkit-starter', rules: rules.map(rule) } },
        invocations: [{ executionSuccessful: true, endTimeUtc: at }],
        properties: { serverUrl, ...(revision !== undefined && { mcpRevision: revision }) },
        webRequests: exchanges.map(request),
        webResponses: exchanges.map(response),
        results: findings.map((finding) => {
          const { id, severity, title, observed, fix, exchangeId } = finding;
          const index = indexOf(exchangeId);
          return {
            ruleId: id,
            ruleIndex: rules.findIndex((other) => other.id === id),
            kind: severity === 'passed' ? 'pass' : 'fail',
            level: LEVELS[severity],
            message: { text: [`${title}.`, observed, fix].filter((text) => text !== undefined).join(' ') },
            locations: [
              {
                physicalLocation: { artifactLocation: { uri }, region: { startLine: 1 } },
                logicalLocations: [{ fullyQualifiedName: serverUrl }],
              },
            ],
            partialFingerprints: { 'mcpFinding/v1': `${id} ${uri}` },
            ...(index !== -1 && { webRequest: { index }, webResponse: { index } }),
          };
        }),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}
