import type { ReactNode } from 'react';
import { Count, readerLocale } from '#components/ui/count.tsx';
import { formatNumber } from '#components/ui/format.ts';
import { LocalDay } from '#components/ui/local-time.tsx';
import { DayCursor } from './day-cursor.tsx';
import type { DayOfCalls } from './statistics.ts';

/** The units of a plot's drawing, which is stretched to the width of the page. */
export const HEIGHT = 100;

type Column = { title: string; value: (day: DayOfCalls) => number | undefined };

/**
 * A plot by day: its title with the unit, axes, the drawing, a key, and a table of its values.
 *
 * @param props.end - the end of the vertical axis
 * @param props.columns - the values of each day, for the table and for readers of single days
 * @param props.children - SVG in {@link HEIGHT} units of height and one unit of width for each day
 */
export async function PlotFrame({
  title,
  unit,
  end,
  days,
  columns,
  legend,
  children,
}: {
  title: string;
  unit: string;
  end: number;
  days: readonly DayOfCalls[];
  columns: readonly Column[];
  legend: ReactNode;
  children: ReactNode;
}) {
  const ticks = end % 2 === 0 ? [end, end / 2, 0] : [end, 0];
  const shown = [days.at(0), days.at(days.length >> 1), days.at(-1)];
  const locale = await readerLocale();
  const text = (value: number | undefined) => (value === undefined ? '–' : formatNumber(value, locale));
  return (
    <figure className="min-w-0">
      <figcaption className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h3 className="text-sm">
          {title} <span className="font-normal text-muted-foreground">({unit})</span>
        </h3>
        <span className="flex gap-4 text-sm text-muted-foreground">{legend}</span>
      </figcaption>
      <div className="mt-3 grid grid-cols-[auto_1fr] gap-x-2">
        <div
          aria-hidden
          className="flex h-36 flex-col justify-between text-right text-xs leading-none text-muted-foreground tabular-nums"
        >
          {ticks.map((tick) => (
            <span key={tick} className="-my-1.5 py-0.5">
              <Count of={tick} />
            </span>
          ))}
        </div>
        <div className="min-w-0">
          <DayCursor
            label={`${title} by day. Use the arrow keys.`}
            days={days.map(({ day }) => day)}
            values={days.map((day) =>
              columns.map(({ title, value }) => `${text(value(day))} ${title.toLowerCase()}`).join(', '),
            )}
          >
            <svg
              aria-hidden
              viewBox={`0 0 ${days.length} ${HEIGHT}`}
              preserveAspectRatio="none"
              className="block h-36 w-full overflow-visible"
            >
              {ticks.map((tick) => (
                <line
                  key={tick}
                  x1={0}
                  x2={days.length}
                  y1={HEIGHT * (1 - tick / end)}
                  y2={HEIGHT * (1 - tick / end)}
                  vectorEffect="non-scaling-stroke"
                  className="stroke-border"
                />
              ))}
              {children}
            </svg>
          </DayCursor>
        </div>
        <div />
        <div aria-hidden className="flex justify-between text-xs text-muted-foreground">
          {shown.map(
            (day) =>
              day && (
                <span key={day.day}>
                  <LocalDay day={day.day} format="shortDay" />
                </span>
              ),
          )}
        </div>
      </div>
      <details className="mt-2 text-sm">
        <summary className="w-fit text-muted-foreground">Table</summary>
        <div className="mt-2">
          <table className="w-full text-right tabular-nums">
            <caption className="sr-only">
              {title} by day, in {unit}
            </caption>
            <thead>
              <tr className="text-muted-foreground">
                <th scope="col" className="py-1 text-left font-normal">
                  Day
                </th>
                {columns.map(({ title }) => (
                  <th key={title} scope="col" className="py-1 pl-4 font-normal">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {days.toReversed().map((day) => (
                <tr key={day.day} className="border-t border-border">
                  <th scope="row" className="py-1 text-left font-normal">
                    <LocalDay day={day.day} format="shortDay" />
                  </th>
                  {columns.map(({ title, value }) => (
                    <td key={title} className="py-1 pl-4">
                      {text(value(day))}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

/** An entry of a plot's key. */
export function Key({ look, children }: { look: string; children: string }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <span aria-hidden className={`size-2 rounded-xs print:[print-color-adjust:exact] ${look}`} />
      {children}
    </span>
  );
}
