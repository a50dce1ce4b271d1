import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { CircleX } from '#components/ui/icons.tsx';
import { withScheme } from '#features/discovery/steps/urls.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { Elapsed } from './elapsed.tsx';
import type { RunRequest } from './messages.ts';
import { type ImitatedClient, RunAs } from './run-as.tsx';
import { forgetUrl, recentUrls } from './storage.ts';

/**
 * The URL of a server, with the recent URLs, and which client is imitated.
 *
 * @param props.url - replaces the entered URL when it changes
 * @param props.fromLink - whether a link brought the URL: it runs only when the person chooses so
 */
export function RunForm({
  url: given,
  fromLink = false,
  folded,
  onFold,
  running,
  onRun,
  onCancel,
  onUrl,
  children,
}: {
  url: string;
  fromLink?: boolean;
  /** Shows one line in place of the form. */
  folded: boolean;
  onFold: (folded: boolean) => void;
  running: boolean;
  onRun: (request: RunRequest) => void;
  onCancel: () => void;
  /** Gets the URL while it is entered. */
  onUrl: (url: string) => void;
  /** Further choices, below the form. */
  children?: ReactNode;
}) {
  const id = useId();
  const [url, setUrl] = useState(given);
  const [client, setClient] = useState<ImitatedClient>({ revision: 'auto', registration: 'auto' });
  const [recent, setRecent] = useState<readonly string[]>([]);
  useEffect(() => setUrl(given), [given]);
  // A run adds to the list when it has ended.
  useEffect(() => {
    if (!running) setRecent(recentUrls());
  }, [running]);

  // The form disappears with the focus in it: the focus goes on to the line.
  const line = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const focused = useRef(false);
  useEffect(() => {
    if (!focused.current) return;
    focused.current = false;
    if (folded) line.current?.querySelector('button')?.focus();
    else field.current?.focus();
  }, [folded]);

  function start(entered: string) {
    // The field shows what is requested, with the scheme that was left out.
    setUrl(withScheme(entered).url);
    onRun({ url: entered, ...client });
  }

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    if (url.trim() !== '') start(url.trim());
  }

  if (folded)
    return (
      <div ref={line} className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <code className="min-w-0 text-sm wrap-anywhere text-muted-foreground">{sanitize(given, 300)}</code>
        <span className="flex flex-wrap gap-2">
          <Button size="small" onClick={() => start(given)}>
            Run again
          </Button>
          <Button
            size="small"
            variant="quiet"
            onClick={() => {
              focused.current = true;
              onFold(false);
            }}
          >
            Change URL or access
          </Button>
        </span>
      </div>
    );
  const form = (
    <form onSubmit={onSubmit} aria-label="Server to inspect">
      <label htmlFor={id} className="text-sm text-muted-foreground">
        URL of an MCP server
      </label>
      <div className="mt-1 flex flex-col gap-2 sm:flex-row">
        <input
          id={id}
          ref={field}
          inputMode="url"
          required
          value={url}
          onChange={(event) => {
            setUrl(event.target.value);
            onUrl(event.target.value);
          }}
          spellCheck={false}
          autoCapitalize="none"
          autoComplete="url"
          placeholder="https://mcp.example.com/mcp"
          className="min-h-10 min-w-0 flex-1 rounded-lg border border-input bg-card px-4 font-mono text-base"
        />
        {/* With keys: as one element, the button would be a submit button before the click on Cancel has ended. */}
        {running ? (
          <Button key="cancel" onClick={onCancel}>
            Cancel <Elapsed />
          </Button>
        ) : (
          <Button key="run" type="submit" variant="primary">
            Run
          </Button>
        )}
      </div>
      {fromLink && !running && (
        <p className="mt-2 text-sm text-muted-foreground">
          This URL comes from a link. Nothing was sent to it yet: check it, then choose Run.
        </p>
      )}
      <RunAs client={client} onChange={setClient} />
      {recent.length > 0 && (
        <ul aria-label="Recent URLs" className="mt-2 flex flex-wrap gap-2">
          {recent.map((item) => (
            <li
              key={item}
              className="flex min-w-0 max-w-full items-center rounded-sm bg-muted text-sm text-muted-foreground"
            >
              <button
                type="button"
                onClick={() => start(item)}
                disabled={running}
                className="min-h-8 min-w-0 truncate rounded-sm px-2 font-mono hover:text-foreground"
              >
                {item}
              </button>
              <button
                type="button"
                aria-label={`Remove ${item} from the recent URLs`}
                onClick={() => setRecent(forgetUrl(item))}
                className="flex size-8 shrink-0 items-center justify-center rounded-sm hover:text-foreground"
              >
                <CircleX size={14} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
    </form>
  );
  return (
    <section
      aria-label="Server and access"
      onFocus={() => {
        focused.current = true;
      }}
      onBlur={() => {
        focused.current = false;
      }}
    >
      {form}
      {children}
    </section>
  );
}
