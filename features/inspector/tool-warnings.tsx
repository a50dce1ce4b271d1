import { sanitize } from '#lib/text/sanitize.ts';
import { LazyDetails } from './lazy-details.tsx';
import type { LintWarning } from './lint/tool-lint.ts';

/** What clients and model providers may refuse in the definition of a tool. */
export function ToolWarnings({ warnings }: { warnings: readonly LintWarning[] }) {
  if (warnings.length === 0) return null;
  return (
    <LazyDetails
      summary={`Definition: ${warnings.length} ${warnings.length === 1 ? 'warning' : 'warnings'}`}
      summaryClass="text-sm text-warning"
    >
      <ul className="mt-2 space-y-3 text-sm">
        {warnings.slice(0, 50).map(({ id, path, title, fix, reference }) => (
          <li key={`${id} ${path}`}>
            <p>
              {sanitize(title, 200)}{' '}
              <code className="wrap-anywhere text-muted-foreground">{sanitize(path, 200)}</code>
            </p>
            <p className="text-muted-foreground">
              {fix}{' '}
              <a className="link" href={reference.url} rel="noreferrer" target="_blank">
                {reference.name}
              </a>
            </p>
          </li>
        ))}
      </ul>
    </LazyDetails>
  );
}
