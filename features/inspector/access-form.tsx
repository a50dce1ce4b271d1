import { useId } from 'react';
import { Button } from '#components/ui/button.tsx';
import { type Access, accessProblem } from './access.ts';

const INPUT = 'min-h-10 w-full rounded-lg border border-input bg-card px-3 font-mono text-sm';

const KINDS: readonly [Access['kind'], string][] = [
  ['session', 'Sign-in (OAuth)'],
  ['none', 'None'],
  ['bearer', 'Bearer token'],
  ['headers', 'Custom headers'],
];

/** How requests to the server are authorized. What is entered here stays in the memory of this tab. */
export function AccessForm({
  access,
  busy,
  onChange,
  onConnect,
}: {
  access: Access;
  busy: boolean;
  onChange: (access: Access) => void;
  onConnect: () => void;
}) {
  const id = useId();
  const problem = accessProblem(access);
  const entered =
    access.token !== '' || access.headers.some(({ name, value }) => name !== '' && value !== '');
  const setHeader = (at: number, change: object) =>
    onChange({
      ...access,
      headers: access.headers.map((header, index) => (index === at ? { ...header, ...change } : header)),
    });
  return (
    <form
      aria-label="Authorization"
      onSubmit={(event) => {
        event.preventDefault();
        if (problem === undefined && access.kind !== 'session') onConnect();
      }}
      className="mt-3 space-y-3"
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <label htmlFor={`${id}-kind`} className="text-sm text-muted-foreground">
          Authorization
        </label>
        <select
          id={`${id}-kind`}
          value={access.kind}
          onChange={(event) => onChange({ ...access, kind: event.target.value as Access['kind'] })}
          className="min-h-8 rounded-lg border border-input bg-card px-2 text-sm"
        >
          {KINDS.map(([kind, name]) => (
            <option key={kind} value={kind}>
              {name}
            </option>
          ))}
        </select>
        {access.kind === 'none' && (
          <Button type="submit" size="small" disabled={busy}>
            Connect
          </Button>
        )}
      </div>
      {access.kind === 'none' && (
        <p className="text-sm text-muted-foreground">
          A server over stdio runs on your computer: use the{' '}
          <a
            className="link"
            href="https://github.com/modelcontextprotocol/inspector"
            target="_blank"
            rel="noreferrer"
          >
            MCP Inspector
          </a>{' '}
          for it.
        </p>
      )}
      {access.kind === 'bearer' && (
        <div className="flex max-w-[40rem] flex-col gap-2 sm:flex-row">
          <input
            type="password"
            aria-label="Bearer token"
            aria-describedby={`${id}-note`}
            value={access.token}
            onChange={(event) => onChange({ ...access, token: event.target.value.trim() })}
            autoComplete="off"
            className={INPUT}
          />
          <Button type="submit" disabled={busy || problem !== undefined}>
            Connect
          </Button>
        </div>
      )}
      {access.kind === 'headers' && (
        <div className="max-w-[40rem] space-y-2">
          {access.headers.map((header, index) => (
            <div key={index} className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)_auto] gap-2">
              <input
                aria-label={`Name of header ${index + 1}`}
                placeholder="X-Api-Key"
                value={header.name}
                onChange={(event) => setHeader(index, { name: event.target.value.trim() })}
                autoComplete="off"
                spellCheck={false}
                className={INPUT}
              />
              <input
                type="password"
                aria-label={`Value of header ${index + 1}`}
                value={header.value}
                onChange={(event) => setHeader(index, { value: event.target.value })}
                autoComplete="off"
                className={INPUT}
              />
              <Button
                variant="quiet"
                aria-label={`Remove header ${index + 1}`}
                onClick={() =>
                  onChange({ ...access, headers: access.headers.filter((_, at) => at !== index) })
                }
              >
                Remove
              </Button>
            </div>
          ))}
          <div className="flex flex-wrap gap-2">
            <Button
              size="small"
              onClick={() => onChange({ ...access, headers: [...access.headers, { name: '', value: '' }] })}
            >
              Add header
            </Button>
            <Button type="submit" size="small" disabled={busy || problem !== undefined}>
              Connect
            </Button>
          </div>
        </div>
      )}
      {entered && problem !== undefined && (
        <p role="alert" className="text-sm text-destructive">
          {problem}
        </p>
      )}
      {(access.kind === 'bearer' || access.kind === 'headers') && (
        <p id={`${id}-note`} className="max-w-[65ch] text-sm text-muted-foreground">
          Kept in the memory of this tab only: not stored, not logged, and hidden in requests and exports. A
          reload forgets it.
        </p>
      )}
    </form>
  );
}
