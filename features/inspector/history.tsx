import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { escapeInvisible, sanitize } from '#lib/text/sanitize.ts';
import { CallState, duration } from './call-state.tsx';
import { type Call, targetKey } from './calls.ts';
import { lineDiff } from './line-diff.ts';

/** The calls of this tab, the newest first, pinned ones on top: open, repeat, pin, compare. */
export function History({
  calls,
  shown,
  onShow,
  onReplay,
  onPin,
  onClear,
}: {
  calls: readonly Call[];
  /** Id of the call whose result is shown. */
  shown: string | undefined;
  onShow: (call: Call) => void;
  onReplay: (call: Call) => void;
  onPin: (id: string, pinned: boolean) => void;
  onClear: () => void;
}) {
  const [search, setSearch] = useState('');
  const [compared, setCompared] = useState<string>();
  if (calls.length === 0)
    return <p className="text-sm text-muted-foreground">Calls appear here, to open, repeat and compare.</p>;
  const text = search.trim().toLowerCase();
  const found = calls.filter((call) =>
    `${call.target.name} ${JSON.stringify(call.arguments)}`.toLowerCase().includes(text),
  );
  const sorted = [...found.filter(({ pinned }) => pinned), ...found.filter(({ pinned }) => !pinned)];
  const base = calls.find(({ id }) => id === shown);
  const other = calls.find(({ id }) => id === compared);
  return (
    <div className="space-y-3">
      <div className="flex gap-2">
        <input
          type="search"
          aria-label="Search the history"
          placeholder="Search"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          className="min-h-8 min-w-0 flex-1 rounded-lg border border-input bg-card px-2 text-sm"
        />
        <Button size="small" variant="quiet" onClick={onClear}>
          Clear
        </Button>
      </div>
      {base && other && base !== other && <Difference before={other} after={base} />}
      <ol className="divide-y divide-border">
        {sorted.map((call) => (
          <li key={call.id} className="py-2 text-sm">
            <button
              type="button"
              aria-current={call.id === shown ? 'true' : undefined}
              onClick={() => onShow(call)}
              className="printed block w-full rounded-sm px-1 text-left hover:bg-muted aria-[current]:bg-accent"
            >
              <span className="flex items-baseline gap-2">
                <code className="min-w-0 flex-1 truncate">{sanitize(call.target.name, 200)}</code>
                <CallState call={call} />
              </span>
              <span className="block truncate font-mono text-muted-foreground">
                {sanitize(JSON.stringify(call.arguments), 120)}
              </span>
              <span className="text-muted-foreground tabular-nums">
                {new Date(call.at).toLocaleTimeString()}
                {call.outcome && ` · ${duration(call.outcome.durationMs)}`}
              </span>
            </button>
            <span className="mt-1 flex flex-wrap gap-1">
              <Button
                size="small"
                variant="quiet"
                disabled={call.state === 'running'}
                aria-label={`Replay ${sanitize(call.target.name, 80)}`}
                onClick={() => onReplay(call)}
              >
                Replay
              </Button>
              <Button
                size="small"
                variant="quiet"
                aria-pressed={call.pinned === true}
                onClick={() => onPin(call.id, !call.pinned)}
              >
                {call.pinned ? 'Unpin' : 'Pin'}
              </Button>
              {base && base !== call && targetKey(base.target) === targetKey(call.target) && (
                <Button
                  size="small"
                  variant="quiet"
                  aria-pressed={compared === call.id}
                  onClick={() => setCompared(compared === call.id ? undefined : call.id)}
                >
                  Compare
                </Button>
              )}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

const asText = ({ arguments: values, outcome }: Call) =>
  escapeInvisible({
    arguments: values,
    result: outcome?.result ?? outcome?.failure ?? outcome?.findings.map(({ title }) => title) ?? null,
  });

const LOOKS = {
  same: ['  ', 'text-muted-foreground'],
  removed: ['− ', 'bg-destructive-soft text-destructive'],
  added: ['+ ', 'bg-success-soft text-success'],
} as const;

/** What differs between two calls, in arguments and results. */
function Difference({ before, after }: { before: Call; after: Call }) {
  const lines = lineDiff(asText(before), asText(after));
  const changes = lines.filter(({ kind }) => kind !== 'same').length;
  return (
    <figure className="min-w-0 overflow-hidden rounded-lg border border-border bg-muted">
      <figcaption className="border-b border-border px-3 py-2 text-sm text-muted-foreground">
        {changes === 0
          ? 'Both calls are equal'
          : `From ${new Date(before.at).toLocaleTimeString()} to ${new Date(after.at).toLocaleTimeString()}`}
      </figcaption>
      <pre className="max-h-96 overflow-y-auto py-2 text-sm whitespace-pre-wrap wrap-anywhere">
        {lines.map(({ kind, text }, index) => (
          <span key={index} className={`block px-3 ${LOOKS[kind][1]}`}>
            {LOOKS[kind][0]}
            {text}
          </span>
        ))}
      </pre>
    </figure>
  );
}
