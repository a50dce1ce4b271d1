import { countOf } from '#components/ui/format.ts';
import { CallsPlot } from './calls-plot.tsx';
import { dailyActivity } from './daily-activity.ts';

/** The calls of one client of the person in 30 days, drawn. */
export async function CallsByDay({ userId, id }: { userId: string; id: string }) {
  const days = await dailyActivity(userId, id);
  const allowed = days.reduce((sum, day) => sum + day.allowed, 0);
  const refused = days.reduce((sum, day) => sum + day.denied + day.failed, 0);
  return (
    <section aria-labelledby="calls" className="mt-12">
      <h2 id="calls" className="mb-4 text-base">
        Calls in 30 days
      </h2>
      <CallsPlot
        days={days.map((day) => ({ day: day.day, allowed: day.allowed, refused: day.denied + day.failed }))}
        label={`${countOf(allowed, 'call')} allowed and ${refused} denied or failed in 30 days`}
      />
    </section>
  );
}
