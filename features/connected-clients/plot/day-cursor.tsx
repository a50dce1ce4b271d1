'use client';

import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from 'react';
import { dayText, useReader } from '#components/ui/local-time.tsx';

/**
 * Makes the values of a plot by day readable: with the arrow keys as a slider, or with the pointer. The value is shown
 * below the plot.
 *
 * @param props.values - what the plot says about each day, in words
 */
export function DayCursor({
  label,
  days,
  values,
  children,
}: {
  label: string;
  days: readonly string[];
  values: readonly string[];
  children: ReactNode;
}) {
  const [at, setAt] = useState<number>();
  const { locale } = useReader();
  const last = days.length - 1;
  const text = (index: number) => `${dayText(days[index] ?? '', locale, 'shortDay')}: ${values[index]}`;

  function move(event: KeyboardEvent) {
    const steps: Record<string, number> = {
      ArrowLeft: (at ?? last) - 1,
      ArrowDown: (at ?? last) - 1,
      ArrowRight: (at ?? last) + 1,
      ArrowUp: (at ?? last) + 1,
      PageDown: (at ?? last) - 7,
      PageUp: (at ?? last) + 7,
      Home: 0,
      End: last,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    setAt(Math.min(Math.max(0, next), last));
  }

  function point(event: PointerEvent<HTMLDivElement>) {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setAt(Math.min(Math.max(0, Math.floor(((event.clientX - left) / width) * days.length)), last));
  }

  return (
    <>
      <div
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={at ?? last}
        aria-valuetext={text(at ?? last)}
        onKeyDown={move}
        onFocus={() => setAt((now) => now ?? last)}
        onPointerMove={point}
        onPointerLeave={() => setAt(undefined)}
        className="relative"
      >
        {children}
        {at !== undefined && (
          <div
            aria-hidden
            className="pointer-events-none absolute inset-y-0 bg-foreground/10"
            style={{ left: `${(at / days.length) * 100}%`, width: `${100 / days.length}%` }}
          />
        )}
      </div>
      <p aria-hidden className="mt-1 min-h-5 text-sm tabular-nums print:hidden">
        {at !== undefined && text(at)}
      </p>
    </>
  );
}
