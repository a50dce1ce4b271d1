import type { CallToolResult, ReadResourceResult, Tool } from '@modelcontextprotocol/client';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { JsonView } from '../json-view.tsx';
import { asMessage, VIEW_FRAME_PATH, type ViewMessage, type ViewOrigins } from './view.ts';
import { ViewConsent } from './view-consent.tsx';
import { ViewHost, type ViewQuestion } from './view-host.ts';

type Asked = { question: ViewQuestion; resolve: (agreed: boolean) => void };
type Logged = { id: number; from: 'View' | 'Host'; message: ViewMessage };

const MAX_LOGGED = 50;

/**
 * A view in a frame that has an origin of its own: it reaches neither this site nor the network. All that it can do is to send messages to
 * its host.
 */
export function ViewFrame({
  html,
  tool,
  tools,
  input,
  result,
  origins,
  callTool,
  readResource,
  onClose,
}: {
  html: string;
  tool: Tool;
  tools: readonly Tool[];
  input: Record<string, unknown>;
  result: CallToolResult;
  /** That the person opened to the view. */
  origins: ViewOrigins | undefined;
  callTool: (name: string, input: Record<string, unknown>) => Promise<CallToolResult>;
  readResource: (uri: string) => Promise<ReadResourceResult>;
  onClose: () => void;
}) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(240);
  const [asked, setAsked] = useState<Asked>();
  const [log, setLog] = useState<readonly Logged[]>([]);

  const record = useEffectEvent((from: Logged['from'], message: ViewMessage) =>
    setLog((before) => [...before, { id: (before.at(-1)?.id ?? 0) + 1, from, message }].slice(-MAX_LOGGED)),
  );
  const call = useEffectEvent(callTool);
  const read = useEffectEvent(readResource);
  const close = useEffectEvent(onClose);
  const begin = useEffectEvent(
    () =>
      new ViewHost({
        html,
        tool,
        tools,
        input,
        result,
        theme: pageTheme,
        post: (message) => {
          if (message.method !== 'ui/notifications/sandbox-resource-ready') record('Host', message);
          // An opaque origin has no name; the policy of this page keeps the frame at its document.
          frame.current?.contentWindow?.postMessage(message, '*');
        },
        ask: (question) =>
          new Promise((resolve) =>
            setAsked((waiting) => {
              if (waiting === undefined) return { question, resolve };
              resolve(false);
              return waiting;
            }),
          ),
        callTool: call,
        readResource: read,
        openLink: (url) => window.open(url, '_blank', 'noopener,noreferrer'),
        onHeight: setHeight,
        onClose: close,
      }),
  );

  useEffect(() => {
    const host = begin();
    const receive = ({ source, origin, data }: MessageEvent) => {
      if (source === null || source !== frame.current?.contentWindow || origin !== 'null') return;
      const message = asMessage(data);
      if (message === undefined) return;
      record('View', message);
      void host.receive(message);
    };
    window.addEventListener('message', receive);
    const themes = new MutationObserver(() => host.themeChanged());
    themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      window.removeEventListener('message', receive);
      themes.disconnect();
    };
  }, []);

  const query = new URLSearchParams([
    ...(origins?.connect ?? []).map((origin) => ['connect', origin]),
    ...(origins?.resource ?? []).map((origin) => ['resource', origin]),
  ]);
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-2 text-sm text-muted-foreground">
        <span>View, from the MCP server</span>
        <Button size="small" variant="quiet" onClick={onClose}>
          Close the view
        </Button>
      </div>
      <iframe
        ref={frame}
        title={`View of ${tool.name}`}
        src={`${VIEW_FRAME_PATH}?${query}`}
        sandbox="allow-scripts"
        referrerPolicy="no-referrer"
        allow=""
        style={{ height }}
        className="block w-full rounded-lg border border-border"
      />
      <details>
        <summary className="text-sm text-muted-foreground">Messages of the view ({log.length})</summary>
        <ol className="mt-2 space-y-2">
          {log.map(({ id, from, message }) => (
            <li key={id}>
              <JsonView title={`${from}: ${message.method ?? 'response'}`} value={message} />
            </li>
          ))}
        </ol>
      </details>
      {asked && (
        <ViewConsent
          question={asked.question}
          onAnswer={(agreed) => {
            asked.resolve(agreed);
            setAsked(undefined);
          }}
        />
      )}
    </>
  );
}

function pageTheme(): 'light' | 'dark' {
  const { theme } = document.documentElement.dataset;
  if (theme === 'light' || theme === 'dark') return theme;
  return window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}
