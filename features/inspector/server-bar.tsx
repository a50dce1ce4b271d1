import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Access } from './access.ts';
import type { CallSettings } from './send.ts';
import type { InspectorState } from './state.ts';
import type { Inspector } from './use-inspector.ts';

const KINDS = { document: 'CIMD', registered: 'DCR', entered: 'Pre-registered' };
const DIRECT: Record<Exclude<Access['kind'], 'session'>, string> = {
  none: 'No authorization',
  bearer: 'Bearer token',
  headers: 'Custom headers',
};
const LEVELS = ['debug', 'info', 'notice', 'warning', 'error'] as const;
const SELECT = 'min-h-8 rounded-lg border border-input bg-card px-2 text-sm text-foreground';

/** The connection to a server in one line, its actions, and the settings of calls. */
export function ServerBar({ inspector, state }: { inspector: Inspector; state: InspectorState }) {
  const { access, settings, setSettings, connect, refresh, disconnect } = inspector;
  const { view, session } = state;
  const busy = state.busy !== undefined;
  const server = state.serverUrl ?? session?.serverUrl ?? '';
  const change = (values: Partial<CallSettings>) => setSettings({ ...settings, ...values });
  return (
    <section aria-label="Connection" className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <h2 className="min-w-0 text-lg wrap-anywhere">
        {sanitize(view?.serverInfo?.title ?? view?.serverInfo?.name, 80) || 'Signed in'}
      </h2>
      {view && <Era view={view} />}
      {access.kind === 'session' ? (
        session && (
          <Badge title="How the inspector identifies itself as a client">{KINDS[session.clientKind]}</Badge>
        )
      ) : (
        <Badge>{DIRECT[access.kind]}</Badge>
      )}
      {view && (
        <span className="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm text-muted-foreground">
          <label className="flex items-center gap-2">
            Wait for an answer
            <select
              className={SELECT}
              value={settings.timeoutSeconds}
              onChange={(event) => change({ timeoutSeconds: Number(event.target.value) })}
            >
              {[10, 30, 60, 240].map((seconds) => (
                <option key={seconds} value={seconds}>
                  {seconds} s
                </option>
              ))}
            </select>
          </label>
          {'logging' in view.capabilities && (
            <label className="flex items-center gap-2">
              Log messages
              <select
                className={SELECT}
                value={settings.logLevel ?? ''}
                onChange={(event) =>
                  change({ logLevel: LEVELS.find((level) => level === event.target.value) })
                }
              >
                <option value="">as the server decides</option>
                {LEVELS.map((level) => (
                  <option key={level} value={level}>
                    {level}
                  </option>
                ))}
              </select>
            </label>
          )}
        </span>
      )}
      <span className="ml-auto flex flex-wrap gap-2">
        <Button
          size="small"
          variant={view ? 'secondary' : 'primary'}
          disabled={busy}
          onClick={() => connect(server)}
        >
          {view ? 'Reload capabilities' : 'Connect'}
        </Button>
        {access.kind === 'session' && (
          <Button size="small" disabled={busy || !session?.canRefresh} onClick={refresh}>
            Refresh token
          </Button>
        )}
        <Button size="small" variant="quiet" disabled={busy} onClick={disconnect}>
          Disconnect
        </Button>
      </span>
    </section>
  );
}

/** The negotiated protocol version and its era. */
function Era({ view }: { view: NonNullable<InspectorState['view']> }) {
  return (
    <Badge
      tone="accent"
      title={
        view.era === 'modern'
          ? 'Stateless: server/discover, no session'
          : view.sse
            ? 'HTTP+SSE, the transport of MCP 2024-11-05, which Streamable HTTP replaced'
            : 'With a handshake: initialize, then a session if the server uses one'
      }
    >
      {sanitize(view.protocolVersion, 40)} (
      {view.era === 'modern' ? 'stateless' : view.sse ? 'HTTP+SSE' : 'session'})
    </Badge>
  );
}
