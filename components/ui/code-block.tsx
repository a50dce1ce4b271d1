import { CopyButton } from './copy-button.tsx';

/**
 * Text that a machine reads or wrote. Long lines wrap, so that nothing scrolls sideways on a phone.
 *
 * @param props.title - what it is: a file name, a command, "Response"
 * @param props.mark - the part of it to look at
 * @param props.copy - whether it is meant to be taken away
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
