import { Button } from '#components/ui/button.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { type Report, reportJson, reportMarkdown } from '#features/discovery/report.ts';
import { reportSarif } from '#features/discovery/sarif.ts';
import { openElsewhere } from './open-elsewhere.ts';

function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

const FORMATS = [
  { name: 'Markdown', file: 'mcp-report.md', type: 'text/markdown', text: reportMarkdown },
  { name: 'JSON', file: 'mcp-report.json', type: 'application/json', text: reportJson },
  { name: 'SARIF', file: 'mcp-report.sarif', type: 'application/sarif+json', text: reportSarif },
];

/**
 * Downloads findings and requests as a file, and opens the server elsewhere. Credentials were masked when they were
 * recorded.
 *
 * @param props.shareUrl - a link to the inspector on this server; undefined when the URL holds a credential
 */
export function ExportButtons({
  report,
  shareUrl,
}: {
  report: Omit<Report, 'at'>;
  shareUrl: string | undefined;
}) {
  return (
    <div className="space-y-4">
      <div className="flex flex-wrap gap-2">
        {FORMATS.map(({ name, file, type, text }) => (
          <Button
            key={name}
            size="small"
            onClick={() => download(file, type, text({ ...report, at: new Date().toISOString() }))}
          >
            Export {name}
          </Button>
        ))}
      </div>
      {shareUrl !== undefined && (
        <div className="flex flex-wrap items-center gap-x-2 text-sm text-muted-foreground">
          Link to the inspector on this server
          <CopyButton text={shareUrl} label="Copy link" />
        </div>
      )}
      {shareUrl !== undefined && (
        <details className="text-sm">
          <summary className="min-h-8 py-1 text-muted-foreground hover:text-foreground">
            Open in MCP Inspector or MCPJam
          </summary>
          <ul className="mt-2 space-y-3">
            {openElsewhere(report.serverUrl).map(({ name, page, command }) => (
              <li key={name}>
                <a className="link" href={page} target="_blank" rel="noreferrer">
                  {name}
                </a>
                <span className="mt-1 flex items-start gap-2 rounded-lg border border-border bg-muted py-1 pr-1 pl-3">
                  <code className="min-w-0 flex-1 self-center wrap-anywhere">{command}</code>
                  <CopyButton text={command} label={`Copy the command of ${name}`} narrow />
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
