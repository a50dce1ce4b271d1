import { z } from 'zod';
import { WorkosUnavailableError } from '#lib/workos/errors.ts';
import { getUser } from '#lib/workos/users.ts';
import { defineTool, ToolError } from '../tool.ts';

/** Shows a tool with a scope of its own: a client whose token lacks `email` has to ask the person for consent again. */
export const contactCard = defineTool({
  name: 'contact_card',
  title: 'Contact card',
  description: 'Name and e-mail address of the signed-in person. Needs the scope "email".',
  scopes: ['email'],
  input: z.strictObject({}),
  output: z.object({
    email: z.string(),
    emailVerified: z.boolean(),
    firstName: z.string().optional(),
    lastName: z.string().optional(),
  }),
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  async run(_input, { caller }) {
    const user = await getUser(caller.subject).catch((error: unknown) => {
      if (error instanceof WorkosUnavailableError)
        throw new ToolError('The directory cannot be reached. Try again shortly.');
      throw error;
    });
    if (user === undefined) throw new ToolError('WorkOS has no such user any more.');
    const { email, emailVerified, firstName, lastName } = user;
    return { email, emailVerified, firstName, lastName };
  },
});
