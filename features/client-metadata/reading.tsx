import { Badge } from '#components/ui/badge.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { DocumentSource } from '#components/ui/document-source.tsx';
import { Laptop, ShieldAlert, ShieldCheck } from '#components/ui/icons.tsx';
import { RuleList } from '#components/ui/rule-list.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';
import { type ClientMetadataReading, readClientMetadata } from '#lib/cimd/client-metadata-document.ts';
import { GuardedFetchError } from '#lib/guarded-fetch/guarded-fetch.ts';

async function readNow(clientId: string, userId: string): Promise<ClientMetadataReading | undefined> {
  try {
    return await readClientMetadata(clientId, { limitKey: userId, fresh: true });
  } catch (error) {
    if (error instanceof GuardedFetchError) return undefined;
    throw error;
  }
}

/** Reads a client's metadata document now, and shows the rules with the document beside them. */
export async function Reading({ clientId, userId }: { clientId: string; userId: string }) {
  const reading = await readNow(clientId, userId);
  if (reading === undefined)
    return (
      <Callout tone="warn" title="Too many requests" live>
        <p>The document was not read. Wait a minute and check again.</p>
      </Callout>
    );
  return (
    <section aria-label="Result" className="grid gap-x-12 gap-y-8 lg:grid-cols-2">
      <div className="min-w-0 space-y-4">
        <Summary reading={reading} />
        <RuleList rules={reading.rules} open={reading.verified} />
      </div>
      <div className="min-w-0 lg:sticky lg:top-4 lg:self-start">
        <DocumentSource reading={reading} />
      </div>
    </section>
  );
}

function Summary({
  reading: { verified, host, name, rules, localOnly },
}: {
  reading: ClientMetadataReading;
}) {
  const failed = rules.filter(({ outcome }) => outcome === 'fail').length;
  return (
    <div className="space-y-2" role="status">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h2 className="min-w-0 text-base wrap-anywhere">{host || 'Not a client id'}</h2>
        {!verified ? (
          <Badge tone="bad" icon={ShieldAlert}>
            Not verified, {failed} {failed === 1 ? 'rule' : 'rules'} failed
          </Badge>
        ) : localOnly ? (
          <Badge tone="warn" icon={Laptop}>
            No rule failed, local app
          </Badge>
        ) : (
          <Badge tone="ok" icon={ShieldCheck}>
            Verified host
          </Badge>
        )}
      </div>
      {name && <p className="text-sm wrap-anywhere text-muted-foreground">calls itself “{name}”</p>}
    </div>
  );
}

/** The place of a {@link Reading} that is on its way. */
export function ReadingSkeleton() {
  return (
    <div className="grid gap-x-12 gap-y-8 lg:grid-cols-2" aria-busy>
      <div className="space-y-4">
        <p role="status" className="text-sm text-muted-foreground">
          Reading the document
        </p>
        {[1, 2, 3, 4, 5, 6].map((row) => (
          <Skeleton key={row} className="h-12 w-full" />
        ))}
      </div>
      <Skeleton className="h-96 w-full" />
    </div>
  );
}
