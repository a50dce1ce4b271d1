import { route } from '#lib/config/route.ts';

/** The client's logo on top of its initials, which stay visible when the logo does not load. */
export function ClientLogo({ id, shown }: { id: string; shown: boolean }) {
  if (!shown) return null;
  return (
    <img
      src={route(`/clients/${id}/logo`)}
      alt=""
      className="absolute inset-0 size-full bg-card object-contain"
    />
  );
}
