import { z } from 'zod';

/** An event of WorkOS. `data` is the object that it concerns. */
export const workosEvent = z.object({
  id: z.string(),
  event: z.string(),
  created_at: z.string().pipe(z.coerce.date()),
  data: z.record(z.string(), z.unknown()),
});

export type WorkosEvent = z.infer<typeof workosEvent>;

/**
 * Applies an event. What it does depends on the event and never on when or how often it arrives, so events may come twice
 * and in any order.
 *
 * @returns whether the event means something to it
 * @throws {z.ZodError} when `data` lacks what the event needs
 * @throws when the database cannot be reached
 */
export type EventHandler = (event: WorkosEvent) => Promise<boolean> | boolean;

const id = z.string().regex(/^[!-~]{1,512}$/);

/** `data` of `user.*` and `session.*`. */
export const identified = z.object({ id });

/** `data` of `organization_membership.*`. */
export const membership = z.object({ user_id: id, organization_id: id, status: z.string().optional() });
