import { useEffect, useState } from 'react';
import { AlertDialog } from '#components/ui/alert-dialog.tsx';
import { Button } from '#components/ui/button.tsx';
import { sanitize } from '#lib/text/sanitize.ts';
import { JsonView } from '../json-view.tsx';
import type { ViewQuestion } from './view-host.ts';

/** A view chooses the moment: a click that was meant for something else must not agree. */
const READING_MS = 700;

/** Asks the person before a view acts outside of its frame. */
export function ViewConsent({
  question,
  onAnswer,
}: {
  question: ViewQuestion;
  onAnswer: (agreed: boolean) => void;
}) {
  const [readable, setReadable] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setReadable(true), READING_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <AlertDialog
      open
      onOpenChange={(open) => !open && onAnswer(false)}
      title={
        question.kind === 'tool' ? `The view calls ${sanitize(question.name, 100)}` : 'The view opens a link'
      }
      cancel="Decline"
      action={
        <Button variant="primary" disabled={!readable} onClick={() => onAnswer(true)}>
          {question.kind === 'tool' ? 'Call the tool' : 'Open'}
        </Button>
      }
    >
      {question.kind === 'tool' ? (
        <>
          <p className="mb-3">The tool runs with your access to this server.</p>
          <div className="max-h-80 overflow-auto">
            <JsonView title="Arguments" value={question.arguments} />
          </div>
        </>
      ) : (
        <p>
          It leads to <code className="wrap-anywhere text-foreground">{sanitize(question.url, 2000)}</code>
        </p>
      )}
    </AlertDialog>
  );
}
