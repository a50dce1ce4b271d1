import { route } from '#lib/config/route.ts';
import { initials } from './client-identity.ts';

/** The client's logo on top of its initials, which stay visible when the logo does not load. */
export function ClientMark({ id, title, hasLogo }: { id: string; title: string; hasLogo: boolean }) {
  return (
    <span
      aria-hidden
      className="relative flex size-10 shrink-0 items-center justify-center overflow-hidden rounded-lg bg-muted text-sm text-muted-foreground"
    >
      {initials(title)}
      {hasLogo && (
        <img
          src={route(`/clients/${id}/logo`)}
          alt=""
          className="absolute inset-0 size-full bg-card object-contain"
        />
      )}
    </span>
  );
}
