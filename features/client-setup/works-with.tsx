import { Link } from '#components/ui/link.tsx';
import { config } from '#lib/config/env.ts';
import { route } from '#lib/config/route.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import { ClientLogo } from './client-logo.tsx';
import { clientSetups } from './clients.ts';

const SHOWN = 9;

/** The clients that people know best, each a link to its set-up. */
export function WorksWith() {
  const settings = config();
  const setups = clientSetups(resourceUrl(settings), settings.serverName);
  return (
    <nav aria-label="Clients">
      <p className="text-sm text-muted-foreground">Works with</p>
      <ul className="mt-3 flex flex-wrap gap-x-5 gap-y-3 text-sm">
        {setups.slice(0, SHOWN).map(({ id, name }) => (
          <li key={id}>
            <Link
              href={`/?client=${id}#connect`}
              className="inline-flex min-h-6 items-center gap-2 text-muted-foreground hover:text-foreground"
            >
              <ClientLogo id={id} name={name} />
              {name}
            </Link>
          </li>
        ))}
        <li>
          <Link
            href={route('/#connect')}
            className="inline-flex min-h-6 items-center text-muted-foreground hover:text-foreground"
          >
            and any other MCP client
          </Link>
        </li>
      </ul>
    </nav>
  );
}
