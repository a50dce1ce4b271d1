import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { outcomeText } from '../outcome-text.ts';
import { undoByForm } from './forms.ts';

const UNDO_MS = 10_000;

/**
 * The result of a plain form, from the URL: the id of a revocation that can be undone, or a word.
 *
 * @param props.now - ms since the epoch
 */
export function DoneNotice({ done, now }: { done: string | string[] | undefined; now: number }) {
  if (typeof done !== 'string') return null;
  // Version 7: the id begins with its time.
  const revokedAt = /^[0-9a-f-]{36}$/.test(done)
    ? Number.parseInt(done.replace('-', '').slice(0, 12), 16)
    : undefined;
  const message = outcomeText(revokedAt === undefined ? done : 'revoked', 'the selected apps');
  if (message === undefined) return null;
  return (
    <div className="mb-4">
      <Callout tone={message.tone} live>
        {message.text}
        {revokedAt !== undefined && now - revokedAt < UNDO_MS && (
          <form action={undoByForm} className="mt-2">
            <input type="hidden" name="revocation" value={done} />
            <Button type="submit" size="small">
              Undo within ten seconds
            </Button>
          </form>
        )}
      </Callout>
    </div>
  );
}
