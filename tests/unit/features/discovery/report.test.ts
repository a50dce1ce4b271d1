import { describe, expect, test } from 'vitest';
import type { Exchange } from '#features/discovery/exchange.ts';
import { reportJson, reportMarkdown } from '#features/discovery/report.ts';
import type { Finding } from '#lib/checks/finding.ts';

const exchange: Exchange = {
  id: 'e1',
  step: 'challenge',
  title: 'server/discover without a token',
  from: 'client',
  to: 'mcp-server',
  request: { method: 'POST', url: 'https://a.example/mcp', headers: [['accept', '*/*']], body: '{}' },
  response: { status: 401, headers: [['x', '```\n# not a heading']], body: '````', truncated: false },
  durationMs: 12,
};
const finding: Finding = {
  id: 'x',
  severity: 'error',
  title: 'A [link](https://evil.example) <img src=x>',
  observed: 'line one\n## line two',
  reference: { name: 'RFC 9728 section 3.3', url: 'https://www.rfc-editor.org/rfc/rfc9728#section-3.3' },
  fix: 'Fix it.',
  exchangeId: 'e1',
};
const report = {
  serverUrl: 'https://a.example/mcp',
  revision: '2026-07-28' as const,
  at: '2026-11-23T00:00:00.000Z',
  findings: [finding],
  exchanges: [exchange],
};

describe('an exported report', () => {
  test('as Markdown shows what servers wrote as text, never as markup', () => {
    const markdown = reportMarkdown(report);
    expect(markdown).toContain('\\[link\\]');
    expect(markdown).not.toMatch(/[^\\]<img/);
    expect(markdown).not.toMatch(/^## line two/m);
    expect(markdown).toContain('(exchange 1)');
    expect(markdown).toContain(
      '[RFC 9728 section 3\\.3](https://www.rfc-editor.org/rfc/rfc9728#section-3.3)',
    );
  });

  test('as Markdown fences each message so that nothing in it ends the fence', () => {
    const fences = [...reportMarkdown(report).matchAll(/^(`{3,})$/gm)].map(([, fence]) => fence);
    expect(fences).toContain('`````');
    expect(fences.filter((fence) => fence === '`````')).toHaveLength(2);
  });

  test('as JSON is what was recorded', () => {
    expect(JSON.parse(reportJson(report))).toEqual(report);
  });

  test('says so when there is nothing to report', () => {
    expect(reportMarkdown({ ...report, findings: [] })).toContain('No findings.');
    expect(reportMarkdown({ ...report, findings: [], revision: undefined })).toContain(
      'Discovery was not run for this server.',
    );
  });
});
