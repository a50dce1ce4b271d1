import { CodeBlock } from '#components/ui/code-block.tsx';
import type { Evidence, Exchange, RecordedHeaders } from '#features/discovery/exchange.ts';

const headerLines = (headers: RecordedHeaders) => headers.map(([name, value]) => `${name}: ${value}`);

function message(first: string, headers: RecordedHeaders, body: string | undefined): string {
  return [first, ...headerLines(headers), ...(body === undefined ? [] : ['', body])].join('\n');
}

/** Request and answer of an exchange, with the field that led on marked. */
export function ExchangeDetail({ exchange }: { exchange: Exchange }) {
  const { request, response, ledOn, error } = exchange;
  const asked = message(`${request.method} ${request.url}`, request.headers, request.body);
  return (
    <div className="space-y-3 rounded-lg border border-border bg-card p-3">
      {ledOn && <LedOnLine ledOn={ledOn} />}
      <Message title="Request" text={asked} {...(ledOn?.in === 'url' && { ledOn })} />
      {response && (
        <Message
          title={exchange.durationMs > 0 ? `Response, ${exchange.durationMs} ms` : 'Response'}
          text={message(
            `${response.status}`,
            response.headers,
            response.cut ? `${response.body}\n(cut)` : response.body,
          )}
          {...(ledOn && ledOn.in !== 'url' && { ledOn })}
        />
      )}
      {error && <p className="text-sm text-destructive">{error}</p>}
    </div>
  );
}

function LedOnLine({ ledOn }: { ledOn: Evidence }) {
  return (
    <p className="text-sm">
      <code className="rounded-sm bg-accent px-1 text-primary">{ledOn.field}</code> {ledOn.next}
    </p>
  );
}

function Message({ title, text, ledOn }: { title: string; text: string; ledOn?: Evidence }) {
  if (!ledOn) return <CodeBlock title={title} code={text} />;
  return (
    <figure className="min-w-0 overflow-hidden rounded-lg border border-border bg-muted">
      <figcaption className="border-b border-border px-4 py-2 text-sm text-muted-foreground">
        {title}
      </figcaption>
      <pre className="px-4 py-3 text-sm whitespace-pre-wrap wrap-anywhere">
        <code>{marked(text, ledOn)}</code>
      </pre>
    </figure>
  );
}

/** The text with the field that led on and its value marked, wherever both stand on neighbouring lines. */
function marked(text: string, { field, value }: Evidence) {
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
