import { CopyButton } from './copy-button.tsx';

/**
 * Code or a message. Long lines wrap.
 *
 * @param props.title - a file name, `Terminal`, `Response`
 * @param props.mark - part of `code` to highlight, its first occurrence
 * @param props.copy - whether it has a copy button
 */
export function CodeBlock({
  title,
  code,
  mark = '',
  copy = true,
}: {
  title: string;
  code: string;
  mark?: string;
  copy?: boolean;
}) {
  const at = mark === '' ? -1 : code.indexOf(mark);
  return (
    <figure className="min-w-0 overflow-hidden rounded-lg border border-border bg-muted">
      <figcaption className="flex min-h-10 items-center justify-between gap-4 border-b border-border py-1 pr-1 pl-4 text-sm text-muted-foreground">
        <span className="min-w-0 truncate">{title}</span>
        {copy && <CopyButton text={code} label={`Copy ${title}`} />}
      </figcaption>
      <pre className="px-4 py-3 text-sm whitespace-pre-wrap wrap-anywhere">
        <code>
          {at === -1 ? (
            code
          ) : (
            <>
              {code.slice(0, at)}
              <mark className="rounded-sm bg-accent text-primary">{mark}</mark>
              {code.slice(at + mark.length)}
            </>
          )}
        </code>
      </pre>
    </figure>
  );
}
