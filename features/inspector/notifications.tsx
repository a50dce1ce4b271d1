import { Button } from '#components/ui/button.tsx';
import { isObject } from '#lib/text/json.ts';
import { escapeInvisible, sanitize } from '#lib/text/sanitize.ts';
import { LazyDetails } from './lazy-details.tsx';
import type { ServerView } from './server/server-view.ts';
import type { InspectorState } from './state.ts';

/** What a server sends without a question: changes of its lists and resources, and log messages. */
export function Notifications({
  state,
  subscribed,
  onListen,
  onStop,
  onClear,
}: {
  state: InspectorState;
  subscribed: readonly string[];
  onListen: () => void;
  onStop: () => void;
  onClear: () => void;
}) {
  const { notifications, listening, view } = state;
  return (
    <div className="space-y-3 text-sm">
      <div className="flex flex-wrap items-center gap-2">
        <Button
          size="small"
          aria-pressed={listening !== 'off'}
          onClick={listening === 'off' ? onListen : onStop}
        >
          {listening === 'off' ? 'Listen' : 'Stop listening'}
        </Button>
        {notifications.length > 0 && (
          <Button size="small" variant="quiet" onClick={onClear}>
            Clear
          </Button>
        )}
        <span role="status" className="text-muted-foreground">
          {listening === 'opening' && 'Opening the stream…'}
          {listening === 'on' && 'Listening'}
        </span>
      </div>
      {subscribed.length > 0 && (
        <p className="wrap-anywhere text-muted-foreground">
          Subscribed: {sanitize(subscribed.join(', '), 500)}
        </p>
      )}
      {view?.era === 'modern' && !announcesChanges(view) && (
        <p className="text-muted-foreground">
          By its capabilities this server announces no changes: it may end the stream.
        </p>
      )}
      {notifications.length === 0 ? (
        <p className="text-muted-foreground">
          Notifications during calls appear here. Listen opens a stream for those outside of calls, such as
          changed lists.
        </p>
      ) : (
        <ol className="divide-y divide-border">
          {notifications.map(({ id, at, method, params }) => (
            <li key={id} className="py-2">
              <LazyDetails
                summary={
                  <>
                    <code className="wrap-anywhere">{sanitize(method, 120)}</code>{' '}
                    <time
                      className="text-muted-foreground tabular-nums"
                      dateTime={new Date(at).toISOString()}
                    >
                      {new Date(at).toLocaleTimeString()}
                    </time>
                  </>
                }
              >
                <pre className="mt-1 text-sm whitespace-pre-wrap wrap-anywhere text-muted-foreground">
                  {escapeInvisible(params ?? {})}
                </pre>
              </LazyDetails>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

/** Whether a server offers notifications outside of calls: of changed lists, or of resources. */
function announcesChanges({ capabilities }: ServerView): boolean {
  return ['tools', 'prompts', 'resources'].some((name) => {
    const offered = capabilities[name];
    return isObject(offered) && (offered.listChanged === true || offered.subscribe === true);
  });
}
