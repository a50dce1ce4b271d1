import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { DocumentSource } from '#components/ui/document-source.tsx';
import { FindingList } from '#components/ui/finding-list.tsx';
import { countOf } from '#components/ui/format.ts';
import { Laptop, ShieldAlert, ShieldCheck } from '#components/ui/icons.tsx';
import { Link } from '#components/ui/link.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';
import { type ClientMetadataReading, readClientMetadata } from '#lib/cimd/client-metadata-document.ts';
import { GuardedFetchError } from '#lib/guarded-fetch/guarded-fetch.ts';
import { VALIDATE_PATH, validationPath } from './page-links.tsx';

/** The form with the client ID to validate. `own` is the client ID of this server, offered as an example. */
export function ValidateForm({ clientId, own }: { clientId: string; own: string }) {
  return (
    <form action={VALIDATE_PATH} aria-label="Document to validate" className="mb-8">
      <label htmlFor="client_id" className="text-sm text-muted-foreground">
        Client ID: the URL of a client metadata document
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
          Validate
        </Button>
      </div>
      {clientId !== own && (
        <p className="mt-2 text-sm text-muted-foreground">
          Or validate{' '}
          <Link href={validationPath(own)} className="link">
            the document of this server
          </Link>
          .
        </p>
      )}
    </form>
  );
}

/** Fetches a client metadata document and shows the findings with the document beside them. */
export async function Validation({ clientId, userId }: { clientId: string; userId: string }) {
  const reading = await readNow(clientId, userId);
  if (reading === undefined)
    return (
      <Callout tone="warn" title="Too many requests" live>
        <p>The document was not fetched. Wait a minute and validate it again.</p>
      </Callout>
    );
  return (
    <section aria-label="Result" className="grid gap-x-12 gap-y-8 lg:grid-cols-2">
      <div className="min-w-0 space-y-4">
        <Summary reading={reading} />
        <FindingList findings={reading.findings} showPassed={reading.verified} />
      </div>
      <div className="min-w-0 lg:sticky lg:top-4 lg:self-start">
        <DocumentSource reading={reading} />
      </div>
    </section>
  );
}

/** The reading; undefined after too many requests. */
async function readNow(clientId: string, userId: string): Promise<ClientMetadataReading | undefined> {
  try {
    return await readClientMetadata(clientId, { limitKey: userId, fresh: true });
  } catch (error) {
    if (error instanceof GuardedFetchError) return undefined;
    throw error;
  }
}

function Summary({
  reading: { verified, host, name, findings, localOnly },
}: {
  reading: ClientMetadataReading;
}) {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return (
    <div className="space-y-2" role="status">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h2 className="min-w-0 text-base wrap-anywhere">{host || 'Not a client ID'}</h2>
        {!verified ? (
          <Badge tone="bad" icon={ShieldAlert}>
            Invalid: {countOf(errors, 'error')}
          </Badge>
        ) : localOnly ? (
          <Badge tone="warn" icon={Laptop}>
            Valid, local app
          </Badge>
        ) : (
          <Badge tone="ok" icon={ShieldCheck}>
            Verified host
          </Badge>
        )}
      </div>
      {name && (
        <p className="text-sm wrap-anywhere text-muted-foreground">Name claimed: {name} (unverified)</p>
      )}
    </div>
  );
}

/** The placeholder of a {@link Validation} that is not finished. */
export function ValidationSkeleton() {
  return (
    <div className="grid gap-x-12 gap-y-8 lg:grid-cols-2" aria-busy>
      <div className="space-y-4">
        <p role="status" className="text-sm text-muted-foreground">
          Fetching the document
        </p>
        {[1, 2, 3, 4, 5, 6].map((row) => (
          <Skeleton key={row} className="h-12 w-full" />
        ))}
      </div>
      <Skeleton className="h-96 w-full" />
    </div>
  );
}
