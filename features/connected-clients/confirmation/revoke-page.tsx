import { Button, buttonClass } from '#components/ui/button.tsx';
import { countOf } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { readConnectionsById } from '#lib/connections/app-connections.ts';
import { selectedConnections } from '#lib/connections/app-queries.ts';
import { requireUser } from '#lib/session/user.ts';
import { identify } from '../client-identity.ts';
import { RevocationEffects } from '../revoke-dialog.tsx';
import type { Parameters } from '../search-params.ts';
import { revokeByForm } from './forms.ts';

const MAX_NAMED = 50;

/** Asks before it revokes what the URL selects, without JavaScript: `id` and `app`, repeated, or `unused=1`. */
export async function RevokePage({ parameters }: { parameters: Parameters }) {
  const user = await requireUser();
  const list = (name: string) =>
    [parameters[name] ?? []].flat().filter((text) => text.length <= 400 && !text.includes('\0'));
  const selection = { ids: list('id'), apps: list('app'), unused: parameters.unused === '1' };
  const ids = await selectedConnections(user.id, selection, 5_000);
  const named = await readConnectionsById(user.id, ids.slice(0, MAX_NAMED));
  const [first] = named;
  if (first === undefined)
    return (
      <>
        <PageHeader title="Revoke access" lead="Nothing that can act on your behalf is selected." />
        <Link className="link" href="/clients">
          Back to connected clients
        </Link>
      </>
    );
  const titles = [...new Set(named.map((row) => identify(row).title))];
  return (
    <>
      <PageHeader
        title={
          titles.length === 1
            ? `Revoke access for ${titles[0]}?`
            : `Revoke ${countOf(ids.length, 'connection')}?`
        }
      />
      <div className="max-w-[65ch] text-sm">
        {titles.length > 1 && (
          <p className="mb-4 wrap-anywhere">
            {titles.join(', ')}
            {ids.length > MAX_NAMED && ' and others'}
          </p>
        )}
        <div className="text-muted-foreground">
          <RevocationEffects connections={ids.length} kind={ids.length === 1 ? first.kind : 'client'} />
        </div>
        <form action={revokeByForm} className="mt-6 flex gap-2">
          {selection.ids.map((id) => (
            <input key={id} type="hidden" name="id" value={id} />
          ))}
          {selection.apps.map((app) => (
            <input key={app} type="hidden" name="app" value={app} />
          ))}
          {selection.unused && <input type="hidden" name="unused" value="1" />}
          <Button type="submit" variant="danger">
            Revoke access
          </Button>
          <Link className={buttonClass('secondary')} href="/clients">
            Cancel
          </Link>
        </form>
      </div>
    </>
  );
}
