import type { ReactNode } from 'react';
import { cn } from '#components/ui/cn.ts';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { ArrowLeft, ArrowRight, FileSearch } from '#components/ui/icons.tsx';
import type { Message } from './step.ts';

const LOOKS = {
  request: { label: 'Request', icon: ArrowRight, border: 'border-l-primary', text: 'text-primary' },
  response: { label: 'Response', icon: ArrowLeft, border: 'border-l-input', text: 'text-muted-foreground' },
  document: { label: 'Document', icon: FileSearch, border: 'border-l-border', text: 'text-muted-foreground' },
} as const;

/** One message with a copy button. Requests and responses differ by a word, an arrow and a color. */
export function MessageBlock({
  message: { kind, head, body, mark = '' },
  step,
}: {
  message: Message;
  step: string;
}) {
  const { label, icon: Icon, border, text } = LOOKS[kind];
  const json = body === undefined ? '' : JSON.stringify(body, null, 2);
  const all = [head, json].filter(Boolean).join('\n\n');
  const lines = head.split('\n');
  return (
    <figure
      className={cn('min-w-0 overflow-hidden rounded-lg border border-l-4 border-border bg-muted', border)}
    >
      <figcaption className={cn('flex min-h-10 items-center gap-2 py-1 pr-1 pl-3 text-sm font-medium', text)}>
        <Icon size={14} aria-hidden />
        {label}
        <span className="ml-auto">
          <CopyButton text={all} label={`Copy ${label.toLowerCase()}: ${step}`} narrow />
        </span>
      </figcaption>
      <pre className="px-4 pb-3 text-sm whitespace-pre-wrap wrap-anywhere max-sm:break-all">
        <code>
          {lines.map((line, index) => (
            <Line key={line} text={line} first={index === 0} mark={mark} />
          ))}
          {json !== '' && '\n'}
          {json !== '' && <Json text={json} mark={mark} />}
        </code>
      </pre>
    </figure>
  );
}

function Line({ text, first, mark }: { text: string; first: boolean; mark: string }) {
  const [, name, value] = (first ? null : /^([\w-]+:)(.*)$/.exec(text)) ?? [];
  return (
    <>
      {name === undefined ? (
        <span className={first ? 'font-medium' : undefined}>{marked(text, mark)}</span>
      ) : (
        <>
          <span className="text-muted-foreground">{name}</span>
          {marked(value ?? '', mark)}
        </>
      )}
      {'\n'}
    </>
  );
}

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\b\d[\d.eE+-]*/g;

/** JSON with the names of members, literals and numbers in colors of their own. */
function Json({ text, mark }: { text: string; mark: string }) {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [token, string, colon] = match;
    parts.push(text.slice(at, match.index));
    at = match.index + token.length;
    const look =
      string === undefined ? 'text-primary' : colon === undefined ? undefined : 'text-muted-foreground';
    const wanted = mark !== '' && string?.includes(mark);
    parts.push(
      wanted ? (
        <Mark key={match.index}>{token}</Mark>
      ) : (
        <span key={match.index} className={look}>
          {token}
        </span>
      ),
    );
  }
  parts.push(text.slice(at));
  return parts;
}

function marked(text: string, mark: string): ReactNode {
  const at = mark === '' ? -1 : text.indexOf(mark);
  if (at === -1) return text;
  return (
    <>
      {text.slice(0, at)}
      <Mark>{mark}</Mark>
      {text.slice(at + mark.length)}
    </>
  );
}

const Mark = ({ children }: { children: ReactNode }) => (
  <mark className="rounded-sm bg-accent text-primary">{children}</mark>
);
