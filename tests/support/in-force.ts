/** Milliseconds after which a change has to be in force on every instance: a call that begins later is refused. */
export const IN_FORCE_MS = 1_000;

/**
 * When a change was in force, in milliseconds: at the earliest when the last call began that was answered as before, at the
 * latest when the first one was answered that was not. What lies between is the time that one call takes.
 */
export type InForce = { earliest: number; latest: number };

/**
 * Calls until a change is in force. Gives up after {@link IN_FORCE_MS} times five.
 *
 * @param isInForce - calls once
 * @param from - when the change was made
 */
export async function untilInForce(
  isInForce: () => Promise<boolean>,
  from = performance.now(),
): Promise<InForce> {
  let earliest = 0;
  for (let began = performance.now(); ; began = performance.now()) {
    const done = await isInForce();
    if (done || began - from > 5 * IN_FORCE_MS) return { earliest, latest: performance.now() - from };
    earliest = Math.max(0, began - from);
  }
}
