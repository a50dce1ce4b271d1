import type { ReactNode } from 'react';
import type { Finding } from './finding.ts';

/**
 * A finding that unfolds to what was seen, its fix and where it is written; an error is unfolded from the start.
 *
 * @param props.mark - before the title
 * @param props.more - beside the link to what it refers to
 */
export function FindingItem({
  finding: { title, seen, fix, standard, severity },
  mark,
  more,
}: {
  finding: Finding;
  mark?: ReactNode;
  more?: ReactNode;
}) {
  return (
    <li>
      <details open={severity === 'error'} className="rounded-lg border border-border bg-card">
        <summary className="px-4 py-3 text-sm font-medium wrap-anywhere">
          {mark}
          {title}
        </summary>
        <dl className="space-y-2 px-4 pb-3 text-sm">
          <div>
            <dt className="text-muted-foreground">Seen</dt>
            <dd className="wrap-anywhere">{seen}</dd>
          </div>
          <div>
            <dt className="text-muted-foreground">Fix</dt>
            <dd className="wrap-anywhere">{fix}</dd>
          </div>
          <div className="flex flex-wrap gap-x-4 gap-y-1">
            <dt className="sr-only">More</dt>
            <dd>
              {standard.url === undefined ? (
                <code className="text-muted-foreground">{standard.name}</code>
              ) : (
                <a className="link" href={standard.url} target="_blank" rel="noreferrer">
                  {standard.name}
                </a>
              )}
            </dd>
            {more}
          </div>
        </dl>
      </details>
    </li>
  );
}
