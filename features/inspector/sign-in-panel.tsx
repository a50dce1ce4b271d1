import { type FormEvent, useState } from 'react';
import { AlertDialog } from '#components/ui/alert-dialog.tsx';
import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { sanitize } from '#lib/text/sanitize.ts';
import { Fold } from './lazy-details.tsx';
import type { SignInOffer } from './server/http/messages.ts';

/** How to sign in where discovery led: by our document, else by asking first. */
export function SignInPanel({
  offer,
  busy,
  onSignIn,
}: {
  offer: SignInOffer;
  busy: boolean;
  onSignIn: (body: object) => void;
}) {
  return (
    <section aria-labelledby="sign-in" className="space-y-4">
      <div>
        <h2 id="sign-in" className="text-base">
          Sign in
        </h2>
        <p className="mt-1 text-sm text-muted-foreground">
          At <code className="wrap-anywhere text-foreground">{offer.issuer}</code>, for{' '}
          <code className="wrap-anywhere text-foreground">{sanitize(offer.resource, 500)}</code>
          {offer.scopes.length > 0 && (
            <>
              , asking for{' '}
              <code className="wrap-anywhere text-foreground">{sanitize(offer.scopes.join(' '), 500)}</code>
            </>
          )}
          .
        </p>
      </div>
      {offer.document ? (
        <div>
          <Button
            variant="primary"
            disabled={busy}
            onClick={() => onSignIn({ as: 'document', offer: offer.sealed })}
          >
            Sign in with our client document
          </Button>
          <p className="mt-2 text-sm text-muted-foreground">
            Our client_id is <code className="wrap-anywhere text-foreground">{offer.clientId}</code>. Nothing
            is registered.
          </p>
        </div>
      ) : (
        <Callout tone="warn" title="This authorization server does not accept client documents">
          <p>
            {offer.registration
              ? 'Register as a client there, or enter a client id that it knows.'
              : 'Enter a client id that it knows.'}
          </p>
        </Callout>
      )}
      <Fold
        open={!offer.document}
        summary="Other ways to be a client"
        summaryClass="text-sm text-muted-foreground"
      >
        <div className="mt-3 space-y-4">
          {offer.registration && (
            <Registration
              issuer={offer.issuer}
              busy={busy}
              onConfirm={() => onSignIn({ as: 'registered', offer: offer.sealed })}
            />
          )}
          <EnteredClient
            busy={busy}
            onSubmit={(client) => onSignIn({ as: 'entered', offer: offer.sealed, ...client })}
          />
        </div>
      </Fold>
    </section>
  );
}

function Registration({ issuer, busy, onConfirm }: { issuer: string; busy: boolean; onConfirm: () => void }) {
  return (
    <AlertDialog
      trigger={<Button disabled={busy}>Register as a client</Button>}
      title="Register at this authorization server?"
      cancel="Do not register"
      action={
        <Button variant="primary" disabled={busy} onClick={onConfirm}>
          Register and sign in
        </Button>
      }
    >
      <p>
        This leaves a client at <code className="wrap-anywhere">{issuer}</code> that nobody cleans up, and
        each registration makes another. It is what client documents replaced.
      </p>
    </AlertDialog>
  );
}

const INPUT = 'mt-1 min-h-10 w-full rounded-lg border border-input bg-card px-3 font-mono text-sm';

function EnteredClient({
  busy,
  onSubmit,
}: {
  busy: boolean;
  onSubmit: (client: { clientId: string; clientSecret?: string }) => void;
}) {
  const [clientId, setClientId] = useState('');
  const [clientSecret, setClientSecret] = useState('');
  function submit(event: FormEvent) {
    event.preventDefault();
    onSubmit({ clientId, ...(clientSecret !== '' && { clientSecret }) });
  }
  return (
    <form onSubmit={submit} className="grid items-end gap-3 sm:grid-cols-[1fr_1fr_auto]">
      <label className="text-sm text-muted-foreground">
        Client id
        <input
          required
          value={clientId}
          onChange={(event) => setClientId(event.target.value)}
          autoComplete="off"
          spellCheck={false}
          className={INPUT}
        />
      </label>
      <label className="text-sm text-muted-foreground">
        Client secret, if it has one
        <input
          type="password"
          value={clientSecret}
          onChange={(event) => setClientSecret(event.target.value)}
          autoComplete="off"
          className={INPUT}
        />
      </label>
      <Button type="submit" disabled={busy}>
        Sign in as this client
      </Button>
    </form>
  );
}
