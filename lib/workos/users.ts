import type { WorkOS } from '@workos-inc/node';
import { workos } from './client.ts';
import { WorkosUnavailableError, workosStatus } from './errors.ts';

/** A person at WorkOS. */
export type WorkosUser = {
  id: string;
  email: string;
  emailVerified: boolean;
  firstName: string | undefined;
  lastName: string | undefined;
};

/**
 * A person by id (`sub` of the tokens); undefined when WorkOS knows no such person.
 *
 * @throws {WorkosUnavailableError}
 */
export async function getUser(userId: string, client: WorkOS = workos()): Promise<WorkosUser | undefined> {
  try {
    const user = await client.userManagement.getUser(userId);
    return {
      id: user.id,
      email: user.email,
      emailVerified: user.emailVerified,
      firstName: user.firstName ?? undefined,
      lastName: user.lastName ?? undefined,
    };
  } catch (error) {
    if (workosStatus(error) === 404) return undefined;
    throw new WorkosUnavailableError('look up the person', workosStatus(error));
  }
}
