import 'server-only';
import { headers } from 'next/headers';
import { config } from '#lib/config/env.ts';
import { SESSION_HEADER } from '#lib/session/refresh.ts';
import { workos } from '#lib/workos/client.ts';
import { WorkosUnavailableError, workosStatus } from '#lib/workos/errors.ts';

/** Organizations that are listed; WorkOS gives at most this many in one answer. */
const MAX_ORGANIZATIONS = 100;

/**
 * The ids of the organizations that a person is an active member of.
 *
 * @throws {WorkosUnavailableError}
 */
export async function organizationsOf(userId: string): Promise<string[]> {
  try {
    const { data } = await workos().userManagement.listOrganizationMemberships({
      userId,
      statuses: ['active'],
      limit: MAX_ORGANIZATIONS,
    });
    return data.flatMap((one) =>
      one.userId === userId && one.status === 'active' ? one.organizationId : [],
    );
  } catch (error) {
    throw new WorkosUnavailableError('list the organizations', workosStatus(error));
  }
}

/** `sign_in`: the organization asks for single sign-on or a second factor. */
export type Switched = { sealed: string } | 'not_member' | 'sign_in' | 'unavailable';

/** The session of this request, for another organization of the person. */
export async function switchedSession(userId: string, organizationId: string): Promise<Switched> {
  try {
    // A refresh token that WorkOS refuses may be used up, and the session with it.
    if (!(await organizationsOf(userId)).includes(organizationId)) return 'not_member';
    const session = workos().userManagement.loadSealedSession({
      // Of the proxy, which may just have renewed the one in the cookie.
      sessionData: (await headers()).get(SESSION_HEADER) ?? '',
      cookiePassword: config().workos.cookiePassword,
    });
    const refreshed = await session.refresh({ organizationId });
    if (!refreshed.authenticated) return refreshed.retryable ? 'unavailable' : 'sign_in';
    return refreshed.sealedSession === undefined ? 'unavailable' : { sealed: refreshed.sealedSession };
  } catch {
    return 'unavailable';
  }
}
