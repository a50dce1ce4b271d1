import { Callout } from '#components/ui/callout.tsx';
import type { Parameters } from './search-params.ts';

/** The result of an act, by its name in the URL. */
const RESULTS = {
  revoked: [
    'ok',
    'Revoked. The calls of these connections are refused; their grants are deleted in the background.',
  ],
  allowed: ['ok', 'Allowed again. The client may have to refresh its token.'],
  not_allowed: [
    'warn',
    'Nothing changed: the grant of this connection is being deleted, or its member revoked it.',
  ],
  nothing: ['warn', 'Nothing changed: there is no such connection now.'],
  signed_out: ['bad', 'Nothing changed: you are signed out. Sign in again.'],
  cross_site: ['bad', 'Nothing changed: the request came from another site.'],
  session_unavailable: ['bad', 'Nothing changed: your session cannot be checked now. Try again later.'],
  unavailable: ['bad', 'Nothing changed: WorkOS did not say whether you may do this. Try again later.'],
  failed: ['bad', 'Nothing changed: the database could not be reached. Try again later.'],
} as const;

export type Result = keyof typeof RESULTS;

/** Says what an act did, on the page to which it leads. */
export function Done({ parameters: { done } }: { parameters: Parameters }) {
  const found =
    typeof done === 'string' && Object.hasOwn(RESULTS, done) ? RESULTS[done as Result] : undefined;
  if (found === undefined) return null;
  const [tone, text] = found;
  return (
    <div className="mb-4">
      <Callout tone={tone} live>
        <p>{text}</p>
      </Callout>
    </div>
  );
}
