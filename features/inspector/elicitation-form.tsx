import { type ReactNode, useState } from 'react';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { cleanLines, sanitize } from '#lib/text/sanitize.ts';
import { ArgumentsForm } from './arguments-form.tsx';
import type { ElicitAnswer } from './call-actions.ts';
import type { Elicitation } from './call-messages.ts';
import { formFields } from './form-fields.ts';

/** What a server asks during a call: for values, or to open a page. All questions are answered together. */
export function ElicitationForm({
  requests,
  onAnswer,
}: {
  requests: Readonly<Record<string, Elicitation>>;
  onAnswer: (responses: Readonly<Record<string, ElicitAnswer>>) => void;
}) {
  const names = Object.keys(requests);
  const [answers, setAnswers] = useState<Readonly<Record<string, ElicitAnswer>>>({});
  const [sent, setSent] = useState(false);
  function answer(name: string, given: ElicitAnswer) {
    const all = { ...answers, [name]: given };
    setAnswers(all);
    if (!names.every((each) => Object.hasOwn(all, each))) return;
    setSent(true);
    onAnswer(all);
  }
  if (sent) return <p className="text-sm text-muted-foreground">Your answer was sent.</p>;
  return (
    <div className="space-y-3">
      {Object.entries(requests).map(([name, request]) =>
        Object.hasOwn(answers, name) ? null : (
          <Question key={name} name={name} request={request} onAnswer={(given) => answer(name, given)} />
        ),
      )}
    </div>
  );
}

function Question({
  name,
  request,
  onAnswer,
}: {
  name: string;
  request: Elicitation;
  onAnswer: (answer: ElicitAnswer) => void;
}) {
  const refusals = (
    <>
      <Button size="small" onClick={() => onAnswer({ action: 'decline' })}>
        Decline
      </Button>
      <Button size="small" variant="quiet" onClick={() => onAnswer({ action: 'cancel' })}>
        Dismiss
      </Button>
    </>
  );
  return (
    <fieldset className="min-w-0 space-y-3 rounded-lg border border-primary bg-card p-4">
      <legend className="px-1 text-sm font-medium">The server asks</legend>
      <p role="status" className="text-sm whitespace-pre-line wrap-anywhere">
        {cleanLines(request.message.slice(0, 2000))}
      </p>
      {request.mode === 'form' ? (
        <ArgumentsForm
          id={`answer-${name}`}
          fields={formFields(request.requestedSchema)}
          submit="Send answer"
          busy={false}
          onSubmit={(content) => onAnswer({ action: 'accept', content })}
        >
          {refusals}
        </ArgumentsForm>
      ) : (
        <Page url={request.url} onAccept={() => onAnswer({ action: 'accept' })}>
          {refusals}
        </Page>
      )}
    </fieldset>
  );
}

/** A page that a server asks to open. The person sees its whole address first; it is never fetched from here. */
function Page({ url, onAccept, children }: { url: string; onAccept: () => void; children: ReactNode }) {
  const [opened, setOpened] = useState(false);
  const target = URL.canParse(url) ? new URL(url) : undefined;
  const safe =
    target !== undefined &&
    (target.protocol === 'https:' ||
      (target.protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(target.hostname)));
  return (
    <div className="space-y-3 text-sm">
      <p>
        It asks to open a page of{' '}
        <strong className="font-medium wrap-anywhere">
          {sanitize(target?.host ?? '', 200) || 'an invalid address'}
        </strong>
        :
      </p>
      <code className="block wrap-anywhere">{sanitize(url, 2000)}</code>
      <div className="flex flex-wrap gap-2">
        {safe ? (
          <a
            href={target.href}
            target="_blank"
            rel="noopener noreferrer"
            onClick={() => setOpened(true)}
            className={buttonClass('primary', 'small')}
          >
            Open the page
          </a>
        ) : (
          <span className="text-destructive">Only https pages can be opened.</span>
        )}
        {opened && (
          <Button size="small" onClick={onAccept}>
            Continue the call
          </Button>
        )}
        {children}
      </div>
    </div>
  );
}
