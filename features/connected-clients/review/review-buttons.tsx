import { buttonClass } from '#components/ui/button.tsx';
import type { App } from '#lib/connections/app-queries.ts';
import { RevokeLink } from '../revoke-buttons.tsx';
import type { RevocableClient } from '../revoke-dialog.tsx';
import { keepAccess } from './actions.ts';

/** Keeps or revokes an app that needs review. */
export function ReviewButtons({ app, client }: { app: App; client: RevocableClient }) {
  if (!app.review) return null;
  const several = app.connections > 1;
  return (
    <div className="relative z-[1] mt-2 mb-1 flex gap-2 pl-13 print:hidden">
      <form action={keepAccess}>
        <input type="hidden" name={several ? 'app' : 'id'} value={several ? app.key : client.id} />
        <button type="submit" className={buttonClass('secondary', 'small')}>
          Keep
        </button>
      </form>
      <RevokeLink client={client} className={`${buttonClass('secondary', 'small')} text-destructive`} />
    </div>
  );
}
