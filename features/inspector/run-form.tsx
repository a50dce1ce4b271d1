import { type FormEvent, useEffect, useId, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { recentUrls, rememberUrl } from './storage.ts';

/** The URL of a server, with the recent URLs. */
export function RunForm({
  defaultUrl,
  busy,
  onRun,
  onUrl,
}: {
  defaultUrl: string;
  busy: boolean;
  onRun: (url: string) => void;
  /** Gets the URL while it is entered. */
  onUrl: (url: string) => void;
}) {
  const id = useId();
  const [url, setUrl] = useState(defaultUrl);
  // A server that was restored after a reload.
  useEffect(() => setUrl(defaultUrl), [defaultUrl]);
  const [recent, setRecent] = useState<readonly string[]>([]);
  useEffect(() => setRecent(recentUrls()), []);

  function start(target: string) {
    setUrl(target);
    setRecent(rememberUrl(target));
    onRun(target);
  }

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    if (url.trim() !== '') start(url.trim());
  }

  return (
    <form onSubmit={onSubmit} aria-label="Server to inspect">
      <label htmlFor={id} className="text-sm text-muted-foreground">
        URL of an MCP server
      </label>
      <div className="mt-1 flex flex-col gap-2 sm:flex-row">
        <input
          id={id}
          type="url"
          required
          value={url}
          onChange={(event) => {
            setUrl(event.target.value);
            onUrl(event.target.value);
          }}
          spellCheck={false}
          autoComplete="url"
          placeholder="https://mcp.example.com/mcp"
          className="min-h-10 min-w-0 flex-1 rounded-lg border border-input bg-card px-4 font-mono text-base"
        />
        <Button type="submit" variant="primary" disabled={busy}>
          {busy ? 'Running…' : 'Run'}
        </Button>
      </div>
      {recent.length > 0 && (
        <ul aria-label="Recent URLs" className="mt-2 flex flex-wrap gap-2">
          {recent.map((item) => (
            <li key={item} className="min-w-0 max-w-full">
              <button
                type="button"
                onClick={() => start(item)}
                disabled={busy}
                className="max-w-full truncate rounded-sm bg-muted px-2 py-1 font-mono text-sm text-muted-foreground hover:text-foreground"
              >
                {item.replace(/^https?:\/\//, '')}
              </button>
            </li>
          ))}
        </ul>
      )}
    </form>
  );
}
