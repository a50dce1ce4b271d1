import { useId, useMemo, useState } from 'react';
import { TriangleAlert } from '#components/ui/icons.tsx';
import { sanitize } from '#lib/text/sanitize.ts';
import { type Target, targetKey } from './calls.ts';
import { lintTool } from './lint/tool-lint.ts';
import type { ServerView } from './server/server-view.ts';

type Entry = { target: Target; title: string | undefined; warnings: number; running: boolean };

/** Everything that a server offers, with a search. */
export function Catalog({
  view,
  selected,
  running,
  onSelect,
}: {
  view: ServerView;
  selected: Target | undefined;
  /** Keys of the targets that a call is running for. */
  running: ReadonlySet<string>;
  onSelect: (target: Target) => void;
}) {
  const [search, setSearch] = useState('');
  const id = useId();
  const warnings = useMemo(
    () => new Map(view.tools.map((tool) => [tool.name, lintTool(tool).length])),
    [view.tools],
  );
  const entry = (target: Target, title: string | undefined): Entry => ({
    target,
    title: title === target.name ? undefined : title,
    warnings: target.kind === 'tool' ? (warnings.get(target.name) ?? 0) : 0,
    running: running.has(targetKey(target)),
  });
  const groups: [string, Entry[]][] = [
    [
      'Tools',
      view.tools.map((tool) =>
        entry({ kind: 'tool', name: tool.name }, tool.title ?? tool.annotations?.title),
      ),
    ],
    ['Prompts', view.prompts.map(({ name, title }) => entry({ kind: 'prompt', name }, title))],
    [
      'Resources',
      view.resources.map(({ uri, name, title }) => entry({ kind: 'resource', name: uri }, title ?? name)),
    ],
    [
      'Resource templates',
      view.resourceTemplates.map(({ uriTemplate, name, title }) =>
        entry({ kind: 'template', name: uriTemplate }, title ?? name),
      ),
    ],
  ];
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = ({ target, title }: Entry) => {
    const text = `${target.name} ${title ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const shown = groups.map(([name, entries]) => [name, entries.length, entries.filter(found)] as const);
  const matches = shown.reduce((sum, [, , entries]) => sum + entries.length, 0);
  const current = selected && targetKey(selected);

  return (
    <div className="space-y-4">
      <label className="sr-only" htmlFor={id}>
        Search tools, prompts and resources
      </label>
      <input
        id={id}
        type="search"
        placeholder="Search"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
        className="min-h-10 w-full rounded-lg border border-input bg-card px-3 text-sm"
      />
      {words.length > 0 && matches === 0 && (
        <p role="status" className="text-sm text-muted-foreground">
          Nothing matches.
        </p>
      )}
      {shown.map(
        ([name, total, entries]) =>
          (entries.length > 0 || (name === 'Tools' && total === 0)) && (
            <section key={name} aria-label={name}>
              <h3 className="mb-1 px-2 text-sm text-muted-foreground">
                {name} <span className="tabular-nums">{total}</span>
              </h3>
              {total === 0 && <p className="px-2 text-sm">No tools</p>}
              <ul>
                {entries.map((item) => (
                  <li key={targetKey(item.target)}>
                    <button
                      type="button"
                      aria-current={targetKey(item.target) === current ? 'true' : undefined}
                      onClick={() => onSelect(item.target)}
                      className="flex min-h-10 w-full items-center gap-2 rounded-lg px-2 py-1.5 text-left text-sm hover:bg-muted aria-[current]:bg-accent"
                    >
                      <span className="min-w-0 flex-1">
                        <code className="block truncate">{sanitize(item.target.name, 200)}</code>
                        {item.title && (
                          <span className="block truncate text-muted-foreground">
                            {sanitize(item.title, 120)}
                          </span>
                        )}
                      </span>
                      {item.running && <span className="text-muted-foreground">running</span>}
                      {item.warnings > 0 && (
                        <span
                          className="flex shrink-0 items-center gap-1 text-warning tabular-nums"
                          title={`${item.warnings} warnings about its definition`}
                        >
                          <TriangleAlert size={14} aria-hidden />
                          {item.warnings}
                          <span className="sr-only"> warnings</span>
                        </span>
                      )}
                    </button>
                  </li>
                ))}
              </ul>
            </section>
          ),
      )}
    </div>
  );
}
