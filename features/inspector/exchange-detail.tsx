import { CodeBlock } from '#components/ui/code-block.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import type { Evidence, Exchange, RecordedHeaders } from '#features/discovery/exchange.ts';

const headerLines = (headers: RecordedHeaders) => headers.map(([name, value]) => `${name}: ${value}`);

function message(first: string, headers: RecordedHeaders, body: string | undefined): string {
  return [first, ...headerLines(headers), ...(body === undefined ? [] : ['', body])].join('\n');
}

/** Request and response of an exchange, with the field that decided the next step highlighted. */
export function ExchangeDetail({ exchange }: { exchange: Exchange }) {
  const { request, response, evidence, error } = exchange;
  const requestText = message(`${request.method} ${request.url}`, request.headers, request.body);
  return (
    <div className="space-y-3 rounded-lg border border-border bg-card p-3">
      {evidence && <EvidenceLine evidence={evidence} />}
      <Message title="Request" text={requestText} evidence={evidence?.in === 'url' ? evidence : undefined} />
      {response && (
        <Message
          title={exchange.durationMs > 0 ? `Response, ${exchange.durationMs} ms` : 'Response'}
          text={message(
            `${response.status}`,
            response.headers,
            response.truncated ? `${response.body}\n(truncated)` : response.body,
          )}
          evidence={evidence?.in === 'url' ? undefined : evidence}
        />
      )}
      {error && <p className="text-sm text-destructive">{error}</p>}
    </div>
  );
}

function EvidenceLine({ evidence }: { evidence: Evidence }) {
  return (
    <p className="text-sm">
      <code className="rounded-sm bg-accent px-1 text-primary">{evidence.field}</code> {evidence.next}
    </p>
  );
}

function Message({ title, text, evidence }: { title: string; text: string; evidence?: Evidence }) {
  if (!evidence) return <CodeBlock title={title} code={text} />;
  return (
    <figure className="min-w-0 overflow-hidden rounded-lg border border-border bg-muted">
      <figcaption className="flex min-h-10 items-center justify-between gap-4 border-b border-border py-1 pr-1 pl-4 text-sm text-muted-foreground">
        <span className="min-w-0 truncate">{title}</span>
        <CopyButton text={text} label={`Copy ${title}`} />
      </figcaption>
      <pre className="px-4 py-3 text-sm whitespace-pre-wrap wrap-anywhere max-sm:break-all">
        <code>{highlighted(text, evidence)}</code>
      </pre>
    </figure>
  );
}

/** The text with the field and its value highlighted. */
function highlighted(text: string, { field, value }: Evidence) {
  const at = text.indexOf(field);
  if (at === -1) return text;
  const after = value === '' ? -1 : text.indexOf(value, at);
  const end = after === -1 ? at + field.length : after + value.length;
  return (
    <>
      {text.slice(0, at)}
      <mark className="rounded-sm bg-accent text-primary">{text.slice(at, end)}</mark>
      {text.slice(end)}
    </>
  );
}
