import { type FormEvent, useState } from 'react';
import { AlertDialog } from '#components/ui/alert-dialog.tsx';
import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { sanitize } from '#lib/text/sanitize.ts';
import { LazyDetails } from './lazy-details.tsx';
import type { SignInOffer, SignInRequest } from './messages.ts';

/** Begins a sign-in at the authorization server that discovery found. Registration needs a confirmation. */
export function SignInPanel({
  offer,
  busy,
  onSignIn,
}: {
  offer: SignInOffer;
  busy: boolean;
  onSignIn: (request: SignInRequest) => void;
}) {
  return (
    <section aria-labelledby="sign-in" className="space-y-4">
      <div>
        <h2 id="sign-in" className="text-base">
          Sign in
        </h2>
        <p className="mt-1 text-sm text-muted-foreground">
          Authorization server <code className="wrap-anywhere text-foreground">{offer.issuer}</code>, resource{' '}
          <code className="wrap-anywhere text-foreground">{sanitize(offer.resource, 500)}</code>
          {offer.scopes.length > 0 && (
            <>
              , scopes{' '}
              <code className="wrap-anywhere text-foreground">{sanitize(offer.scopes.join(' '), 500)}</code>
            </>
          )}
          .
        </p>
      </div>
      {offer.document ? (
        <div>
          <Button
            variant={offer.preferred === 'auto' || offer.preferred === 'cimd' ? 'primary' : 'secondary'}
            disabled={busy}
            onClick={() => onSignIn({ as: 'document', offer: offer.sealed })}
          >
            Connect with CIMD
          </Button>
          <p className="mt-2 text-sm text-muted-foreground">
            The client_id is our metadata document,{' '}
            <code className="wrap-anywhere text-foreground">{offer.clientId}</code>. Nothing is registered.
          </p>
        </div>
      ) : (
        <Callout tone="warn" title="This authorization server does not support client metadata documents">
          <p>
            {offer.registration
              ? 'Register a client there, or enter a pre-registered client ID.'
              : 'Enter a pre-registered client ID.'}
          </p>
        </Callout>
      )}
      <LazyDetails
        open={!offer.document || offer.preferred === 'dcr' || offer.preferred === 'pre-registered'}
        summary="Other client types (DCR, pre-registered)"
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
      </LazyDetails>
    </section>
  );
}

function Registration({ issuer, busy, onConfirm }: { issuer: string; busy: boolean; onConfirm: () => void }) {
  return (
    <AlertDialog
      trigger={<Button disabled={busy}>Register a client</Button>}
      title="Register at this authorization server?"
      cancel="Cancel"
      action={
        <Button variant="primary" disabled={busy} onClick={onConfirm}>
          Register and connect
        </Button>
      }
    >
      <p>
        Registration leaves a client at <code className="wrap-anywhere">{issuer}</code> that is never deleted,
        and each registration adds another. Client metadata documents replace it.
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
    onSubmit({ clientId, clientSecret: clientSecret === '' ? undefined : clientSecret });
  }
  return (
    <form onSubmit={submit} className="grid items-end gap-3 sm:grid-cols-[1fr_1fr_auto]">
      <label className="text-sm text-muted-foreground">
        Client ID
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
        Client secret (optional)
        <input
          type="password"
          value={clientSecret}
          onChange={(event) => setClientSecret(event.target.value)}
          autoComplete="off"
          className={INPUT}
        />
      </label>
      <Button type="submit" disabled={busy}>
        Connect with this client
      </Button>
    </form>
  );
}
