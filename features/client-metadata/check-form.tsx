import { Button } from '#components/ui/button.tsx';
import { Link } from '#components/ui/link.tsx';
import { route } from '#lib/config/route.ts';

/** The one input: a client id. `own` is this server's, to try it with. */
export function CheckForm({ clientId, own }: { clientId: string; own: string }) {
  return (
    <form action={route('/inspector/client-metadata')} aria-label="Document to check" className="mb-8">
      <label htmlFor="client_id" className="text-sm text-muted-foreground">
        Client id, the URL of a client metadata document
      </label>
      <div className="mt-1 flex flex-col gap-2 sm:flex-row">
        <input
          id="client_id"
          name="client_id"
          required
          defaultValue={clientId}
          inputMode="url"
          spellCheck={false}
          autoCapitalize="none"
          autoComplete="url"
          placeholder="https://client.example.com/oauth/client.json"
          className="min-h-10 min-w-0 flex-1 rounded-lg border border-input bg-card px-4 font-mono text-base"
        />
        <Button type="submit" variant="primary">
          Check
        </Button>
      </div>
      {clientId !== own && (
        <p className="mt-2 text-sm text-muted-foreground">
          Or check{' '}
          <Link href={`/inspector/client-metadata?client_id=${encodeURIComponent(own)}`} className="link">
            the document of this server’s inspector
          </Link>
          .
        </p>
      )}
    </form>
  );
}
