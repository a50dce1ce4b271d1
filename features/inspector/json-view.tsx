import { useState } from 'react';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { isObject } from '#lib/text/json.ts';
import { escapeInvisible, sanitize } from '#lib/text/sanitize.ts';

/** Levels that are open at first. */
const OPEN_LEVELS = 3;
/** Entries of an object or a list that are shown before a person asks for the rest. */
const PAGE = 100;

/** A JSON value, colored, with objects and lists that fold. Invisible characters are `\u` escapes. */
export function JsonView({ title, value }: { title: string; value: unknown }) {
  return (
    <figure className="min-w-0 overflow-hidden rounded-lg border border-border bg-muted">
      <figcaption className="flex min-h-10 items-center justify-between gap-4 border-b border-border py-1 pr-1 pl-4 text-sm text-muted-foreground">
        <span className="min-w-0 truncate">{title}</span>
        <CopyButton text={escapeInvisible(value)} label={`Copy ${title}`} />
      </figcaption>
      <div className="px-4 py-3 font-mono text-sm wrap-anywhere">
        <Value value={value} depth={0} />
      </div>
    </figure>
  );
}

function Value({ name, value, depth }: { name?: string; value: unknown; depth: number }) {
  const [more, setMore] = useState(PAGE);
  const label = name !== undefined && (
    <>
      <span className="text-muted-foreground">{escapeInvisible(name)}</span>:{' '}
    </>
  );
  const list = Array.isArray(value);
  if (!list && !isObject(value))
    return (
      <div className="pl-4 -indent-4">
        {label}
        <Leaf value={value} />
      </div>
    );
  const entries: [string, unknown][] = Object.entries(value as object);
  const [open, close] = list ? '[]' : '{}';
  if (entries.length === 0)
    return (
      <div>
        {label}
        {open}
        {close}
      </div>
    );
  return (
    <details open={depth < OPEN_LEVELS} className="group/json">
      <summary className="rounded-sm">
        {label}
        {open}
        <span className="text-muted-foreground group-open/json:hidden">
          {' '}
          {entries.length} {list ? 'elements' : 'members'} {close}
        </span>
      </summary>
      <div className="border-l border-border pl-4">
        {entries.slice(0, more).map(([key, item]) => (
          <Value key={key} {...(list ? {} : { name: key })} value={item} depth={depth + 1} />
        ))}
        {entries.length > more && (
          <button type="button" className="link" onClick={() => setMore((now) => now + PAGE)}>
            Show more ({entries.length - more})
          </button>
        )}
      </div>
      <div>{close}</div>
    </details>
  );
}

function Leaf({ value }: { value: unknown }) {
  if (typeof value === 'string') return <span>{escapeInvisible(value)}</span>;
  return <span className="text-primary">{sanitize(String(JSON.stringify(value)), 200)}</span>;
}
