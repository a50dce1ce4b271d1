import type { RevocableClient } from '../revoke-dialog.tsx';

/** The URL of the page that asks before it revokes. */
export function revokeHref({ id, which }: RevocableClient) {
  const selected = new URLSearchParams([
    ...(which?.ids ?? [id]).map((each) => ['id', each]),
    ...(which?.apps ?? []).map((each) => ['app', each]),
    ...(which?.unused ? [['unused', '1']] : []),
  ]);
  return `/clients/revoke?${selected}` as const;
}
