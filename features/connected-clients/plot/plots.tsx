import { Chip } from '#components/ui/chip.tsx';
import { config } from '#lib/config/env.ts';
import { clientHref, type Parameters } from '../search-params.ts';
import { axisEnd } from './percentile.ts';
import { HEIGHT, Key, PlotFrame } from './plot-frame.tsx';
import { callStatistics, type DayOfCalls } from './statistics.ts';
import { ToolTable } from './tool-table.tsx';

const PERIODS = [7, 30, 90] as const;
const DEFAULT_DAYS = 30;

/** The number of days that the parameters of the page ask for. */
function readDays(parameters: Parameters): number {
  return PERIODS.find((days) => String(days) === parameters.days) ?? DEFAULT_DAYS;
}

/** Calls, errors and latency of one client of the person, drawn by day and listed by tool. */
export async function Plots({
  userId,
  id,
  parameters,
}: {
  userId: string;
  id: string;
  parameters: Parameters;
}) {
  const period = readDays(parameters);
  const { days, tools } = await callStatistics(userId, id, period);
  const href = (days: number) =>
    clientHref(id, parameters, { days: days === DEFAULT_DAYS ? undefined : String(days) });
  const empty = days.every(({ allowed, denied, failed }) => allowed + denied + failed === 0);
  const { activityRetentionDays } = config();
  return (
    <section aria-labelledby="calls" className="mt-12">
      <div className="mb-4 flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <h2 id="calls" className="text-lg">
          Calls
        </h2>
        <nav aria-label="Period" className="flex print:hidden">
          {PERIODS.map((days) => (
            <Chip key={days} href={href(days)} current={days === period}>
              {days} days
            </Chip>
          ))}
        </nav>
      </div>
      {empty ? (
        <p className="text-sm text-muted-foreground">No calls in {period} days.</p>
      ) : (
        <>
          <div className="grid gap-x-12 gap-y-8 lg:grid-cols-2">
            <CallsPlot days={days} />
            <LatencyPlot days={days} />
          </div>
          <ToolTable tools={tools} />
        </>
      )}
      {period > activityRetentionDays && (
        <p className="mt-2 text-sm text-muted-foreground">
          This server keeps activity for {activityRetentionDays} days.
        </p>
      )}
    </section>
  );
}

/** Calls by day: allowed ones, with failed and denied ones on top. */
function CallsPlot({ days }: { days: readonly DayOfCalls[] }) {
  const end = axisEnd(Math.max(...days.map(({ allowed, denied, failed }) => allowed + denied + failed)));
  const scale = HEIGHT / end;
  return (
    <PlotFrame
      title="Calls"
      unit="per UTC day"
      end={end}
      days={days}
      columns={[
        { title: 'Allowed', value: ({ allowed }) => allowed },
        { title: 'Failed', value: ({ failed }) => failed },
        { title: 'Refused', value: ({ denied }) => denied },
      ]}
      legend={
        <>
          <Key look="bg-primary">Allowed</Key>
          <Key look="bg-warning">Failed</Key>
          <Key look="bg-destructive">Refused</Key>
        </>
      }
    >
      {days.map(({ day, allowed, failed, denied }, index) => {
        const bar = { x: index + 0.1, width: 0.8 };
        const top = (calls: number) => HEIGHT - calls * scale;
        return (
          <g key={day} className="print:[print-color-adjust:exact]">
            <rect {...bar} y={top(allowed)} height={allowed * scale} className="fill-primary" />
            <rect {...bar} y={top(allowed + failed)} height={failed * scale} className="fill-warning" />
            <rect
              {...bar}
              y={top(allowed + failed + denied)}
              height={denied * scale}
              className="fill-destructive"
            />
          </g>
        );
      })}
    </PlotFrame>
  );
}

/** Latency by day: a bar from the median to the 95th percentile, with a mark at the median. */
function LatencyPlot({ days }: { days: readonly DayOfCalls[] }) {
  const end = axisEnd(Math.max(1, ...days.map(({ p95 = 0 }) => p95)));
  const y = (value: number) => HEIGHT * (1 - value / end);
  return (
    <PlotFrame
      title="Latency"
      unit="ms, calls that ran"
      end={end}
      days={days}
      columns={[
        { title: 'p50', value: ({ p50 }) => p50 },
        { title: 'p95', value: ({ p95 }) => p95 },
      ]}
      legend={
        <>
          <Key look="bg-primary">p50</Key>
          <Key look="bg-primary/30">p95</Key>
        </>
      }
    >
      {days.map(
        ({ day, p50, p95 }, index) =>
          p50 !== undefined &&
          p95 !== undefined && (
            <g key={day} className="print:[print-color-adjust:exact]">
              <rect
                x={index + 0.1}
                width={0.8}
                y={y(p95)}
                height={y(0) - y(p95)}
                className="fill-primary/30"
              />
              <rect x={index + 0.1} width={0.8} y={y(p50)} height={y(0) - y(p50)} className="fill-primary" />
            </g>
          ),
      )}
    </PlotFrame>
  );
}
