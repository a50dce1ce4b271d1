import { type Config, config } from '#lib/config/env.ts';
import { onNotification, pruneNotifications, secondsUntilDue } from '#lib/connections/notifications.ts';
import { processContext } from '#lib/connections/process-context.ts';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { withDeadline } from '#lib/http/with-deadline.ts';
import { log } from '#lib/observability/log.ts';
import { runInBackground } from '#lib/server/background.ts';
import { deliverDue } from './deliver.ts';

/** How often a process looks for what others left, which were ended or frozen. */
const SWEEP_MS = 60_000;
/** A retry that is due within this time is waited for, so that a serverless function is not frozen before it. */
const SOON_SECONDS = 15;
const RETENTION_DAYS = 30;
const PRUNE_INTERVAL_MS = 60 * 60_000;

/** Starts to send notifications, if a receiver is configured. Call it once for each process. */
export function startNotifications(
  { notifications: target, appUrl }: Pick<Config, 'notifications' | 'appUrl'> = config(),
): void {
  if (target === undefined) return;
  const delivery = { context: processContext(), target, appUrl };
  let news = Promise.withResolvers<void>();
  let again = false;
  let running = false;
  let prunedAt = 0;

  async function run(): Promise<void> {
    const db = await delivery.context.database('background');
    let waitSeconds: number | undefined = 0;
    do {
      await withDeadline(news.promise, waitSeconds * 1000, () => undefined);
      news = Promise.withResolvers();
      again = false;
      await deliverDue(delivery);
      waitSeconds = again ? 0 : await secondsUntilDue(db);
    } while (waitSeconds !== undefined && waitSeconds <= SOON_SECONDS);
    if (Date.now() - prunedAt < PRUNE_INTERVAL_MS) return;
    prunedAt = Date.now();
    await pruneNotifications(db, RETENTION_DAYS);
  }

  function wake(): void {
    again = true;
    news.resolve();
    if (running) return;
    running = true;
    const work = run()
      .catch((error: unknown) => log('warn', 'notification.run_failed', { reason: databaseErrorCode(error) }))
      .then(() => {
        running = false;
        if (again) wake();
      });
    runInBackground(work);
  }

  onNotification(wake);
  wake();
  setInterval(wake, SWEEP_MS).unref();
}
