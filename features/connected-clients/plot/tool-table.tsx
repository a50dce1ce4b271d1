import { Count } from '#components/ui/count.tsx';
import type { ToolCalls } from './statistics.ts';

/** Calls by tool, most called first, with a bar for their share. */
export function ToolTable({ tools }: { tools: readonly ToolCalls[] }) {
  if (tools.length === 0) return null;
  const most = Math.max(1, ...tools.map(({ calls }) => calls));
  const time = (value: number | undefined) =>
    value === undefined ? (
      '–'
    ) : (
      <>
        <Count of={value} /> ms
      </>
    );
  const number = 'py-2 pl-4 text-right whitespace-nowrap tabular-nums';
  return (
    <table className="mt-8 w-full text-sm">
      <caption className="mb-1 text-left font-medium">By tool</caption>
      <thead className="text-muted-foreground">
        <tr>
          <th scope="col" className="py-1 text-left font-normal">
            Tool
          </th>
          <th scope="col" className="hidden w-1/3 sm:table-cell">
            <span className="sr-only">Share</span>
          </th>
          {['Calls', 'Errors', 'p50', 'p95'].map((title) => (
            <th key={title} scope="col" className="py-1 pl-4 text-right font-normal">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {tools.map(({ tool, calls, errors, p50, p95 }) => (
          <tr key={tool} className="border-t border-border">
            <th scope="row" className="py-2 text-left font-normal wrap-anywhere">
              {tool === '' ? 'Other requests' : <code>{tool}</code>}
            </th>
            <td className="hidden pl-4 sm:table-cell">
              <svg aria-hidden viewBox="0 0 100 1" preserveAspectRatio="none" className="block h-2 w-full">
                <rect width={(calls / most) * 100} height={1} className="fill-primary" />
              </svg>
            </td>
            <td className={number}>
              <Count of={calls} />
            </td>
            <td className={`${number} ${errors > 0 ? 'text-warning' : 'text-muted-foreground'}`}>
              <Count of={errors} />
            </td>
            <td className={number}>{time(p50)}</td>
            <td className={number}>{time(p95)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
