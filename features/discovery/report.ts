import { type Finding, SEVERITIES } from '#lib/checks/finding.ts';
import type { Exchange } from './exchange.ts';
import type { Revision } from './revision.ts';

/** What is exported and printed: masked exchanges and findings, nothing else. */
export type Report = {
  /** Without credentials in its query. */
  serverUrl: string;
  /** The protocol revision whose rules apply; undefined when discovery was not run. */
  revision?: Revision | undefined;
  /** ISO 8601. */
  at: string;
  findings: readonly Finding[];
  exchanges: readonly Exchange[];
};

const HEADINGS = { error: 'Errors', warning: 'Warnings', note: 'Notes', passed: 'Passed' } as const;

/** `text` as literal Markdown: nothing in it becomes a link, a heading or markup. */
function literal(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~&]/g, '\\$&').replace(/\s+/g, ' ');
}

/** A fence longer than any run of backticks in `text`, so that the text cannot close it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}

const referenceMarkdown = ({ name, url }: Finding['reference']) =>
  url === undefined ? literal(name) : `[${literal(name)}](${url})`;

function findingMarkdown(finding: Finding, number: (id: string) => number): string {
  const where = finding.exchangeId === undefined ? '' : ` (exchange ${number(finding.exchangeId)})`;
  return [
    `- **${literal(finding.title)}**${where}`,
    `  - Observed: ${literal(finding.observed)}`,
    ...(finding.fix === undefined ? [] : [`  - How to fix: ${literal(finding.fix)}`]),
    `  - Reference: ${referenceMarkdown(finding.reference)}`,
  ].join('\n');
}

const lines = (headers: Exchange['request']['headers']) =>
  headers.map(([name, value]) => `${name}: ${value}`);

function exchangeMarkdown(exchange: Exchange, index: number): string {
  const { request, response, evidence } = exchange;
  const sent = [`${request.method} ${request.url}`, ...lines(request.headers)];
  if (request.body !== undefined) sent.push('', request.body);
  const received = response
    ? [
        `${response.status}`,
        ...lines(response.headers),
        ...(response.body === undefined ? [] : ['', response.body]),
      ]
    : [exchange.error ?? 'No answer.'];
  return [
    `### ${index + 1}. ${literal(exchange.title)} (${exchange.durationMs} ms)`,
    fenced(sent.join('\n')),
    fenced(received.join('\n')),
    ...(evidence ? [`Evidence: ${literal(evidence.field)}. ${literal(evidence.next)}`] : []),
  ].join('\n\n');
}

/** A report as Markdown that can be pasted into an issue; what servers wrote stays literal text in it. */
export function reportMarkdown({ serverUrl, revision, at, findings, exchanges }: Report): string {
  const number = (id: string) => exchanges.findIndex((exchange) => exchange.id === id) + 1;
  const groups = SEVERITIES.flatMap((severity) => {
    const group = findings.filter((finding) => finding.severity === severity);
    if (group.length === 0) return [];
    return [`## ${HEADINGS[severity]}`, group.map((finding) => findingMarkdown(finding, number)).join('\n')];
  });
  return [
    `# MCP sign-in report for ${literal(serverUrl)}`,
    `Made ${at}${revision === undefined ? '' : `, by the rules of MCP ${revision}`}. Tokens, codes and other credentials are hidden.`,
    ...(groups.length > 0
      ? groups
      : [revision === undefined ? 'Discovery was not run for this server.' : 'No findings.']),
    '## Exchanges',
    ...exchanges.map(exchangeMarkdown),
    '',
  ].join('\n\n');
}

/** A report as JSON, indented. */
export function reportJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
