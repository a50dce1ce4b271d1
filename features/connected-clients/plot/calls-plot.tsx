import { formatNumber } from '#components/ui/format.ts';

type DayBar = {
  /** ISO 8601 date, `2026-05-03`. */
  day: string;
  allowed: number;
  /** Denied or failed. */
  refused: number;
};

const WIDTH = 720;
const HEIGHT = 120;

function dayName(day: string): string {
  return new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    new Date(`${day}T00:00:00Z`),
  );
}

/** Calls per day as SVG, rendered on the server: allowed calls, with denied and failed calls on top. */
export function CallsPlot({ days, label }: { days: readonly DayBar[]; label: string }) {
  const peak = Math.max(0, ...days.map((day) => day.allowed + day.refused));
  const scale = HEIGHT / Math.max(1, peak);
  const step = WIDTH / Math.max(1, days.length);
  const first = days.at(0);
  const last = days.at(-1);
  const bars = days.map((day, index) => {
    const refused = day.refused * scale;
    const allowed = day.allowed * scale;
    return {
      ...day,
      x: index * step + 1,
      width: Math.max(2, step - 3),
      allowedHeight: allowed,
      refusedHeight: refused,
    };
  });
  return (
    <figure>
      <svg
        role="img"
        aria-label={label}
        viewBox={`0 0 ${WIDTH} ${HEIGHT + 1}`}
        preserveAspectRatio="none"
        className="block h-32 w-full"
      >
        <line x1="0" x2={WIDTH} y1={HEIGHT + 0.5} y2={HEIGHT + 0.5} className="stroke-border" />
        {bars.map((bar) => (
          <g key={bar.day}>
            <title>{`${dayName(bar.day)}: ${formatNumber(bar.allowed)} allowed, ${formatNumber(bar.refused)} denied or failed`}</title>
            <rect x={bar.x} y="0" width={bar.width} height={HEIGHT} className="fill-transparent" />
            <rect
              x={bar.x}
              y={HEIGHT - bar.allowedHeight}
              width={bar.width}
              height={bar.allowedHeight}
              className="fill-primary"
            />
            <rect
              x={bar.x}
              y={HEIGHT - bar.allowedHeight - bar.refusedHeight}
              width={bar.width}
              height={bar.refusedHeight}
              className="fill-destructive"
            />
          </g>
        ))}
      </svg>
      <figcaption className="mt-2 flex flex-wrap justify-between gap-x-6 gap-y-1 text-sm text-muted-foreground">
        <span>{first && dayName(first.day)}</span>
        <span className="order-last flex w-full gap-4 sm:order-none sm:w-auto">
          <Key look="bg-primary">Allowed</Key>
          <Key look="bg-destructive">Denied or failed</Key>
          <span>Peak {formatNumber(peak)}/day</span>
        </span>
        <span>{last && dayName(last.day)}</span>
      </figcaption>
    </figure>
  );
}

function Key({ look, children }: { look: string; children: string }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <span aria-hidden className={`size-2 rounded-sm ${look}`} />
      {children}
    </span>
  );
}
