import { Button } from '#components/ui/button.tsx';
import { type Report, reportJson, reportMarkdown } from './report.ts';

function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** Downloads findings and requests as a file. Credentials were masked when they were recorded. */
export function ExportButtons({ report }: { report: Omit<Report, 'at'> }) {
  const dated = (): Report => ({ ...report, at: new Date().toISOString() });
  return (
    <div className="flex flex-wrap gap-2">
      <Button
        size="small"
        onClick={() => download('mcp-report.md', 'text/markdown', reportMarkdown(dated()))}
      >
        Export Markdown
      </Button>
      <Button
        size="small"
        onClick={() => download('mcp-report.json', 'application/json', reportJson(dated()))}
      >
        Export JSON
      </Button>
    </div>
  );
}
