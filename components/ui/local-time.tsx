'use client';

import { useSyncExternalStore } from 'react';
import { absoluteTime } from './format.ts';

const FORMATS = {
  /** `14:32`; with the date when it is not today. */
  time: { hour: '2-digit', minute: '2-digit' },
  seconds: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  day: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  shortDay: { day: 'numeric', month: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

const never = () => () => {};

/** The zone and locale of the reader; UTC and English on the server and without JavaScript. */
export function useReader(): { locale: string | undefined; timeZone: string | undefined } {
  const inBrowser = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return inBrowser ? { locale: undefined, timeZone: undefined } : { locale: 'en', timeZone: 'UTC' };
}

/**
 * A time in the locale and zone of the reader, with the whole time as its title.
 *
 * @param props.at - ISO 8601
 */
export function LocalTime({ at, format }: { at: string; format: keyof typeof FORMATS }) {
  const { locale, timeZone } = useReader();
  const time = new Date(at);
  const zone = timeZone === 'UTC' && format === 'time' ? ({ timeZoneName: 'short' } as const) : {};
  return (
    <time dateTime={at} title={absoluteTime(time, locale, timeZone)} className="tabular-nums">
      {new Intl.DateTimeFormat(locale, { ...FORMATS[format], ...zone, timeZone }).format(time)}
    </time>
  );
}

/** A UTC day (`YYYY-MM-DD`) in the locale of the reader. */
export function LocalDay({ day, format }: { day: string; format: 'day' | 'shortDay' }) {
  const { locale } = useReader();
  return dayText(day, locale, format);
}

/** The text of a UTC day (`YYYY-MM-DD`). */
export function dayText(day: string, locale: string | undefined, format: 'day' | 'shortDay'): string {
  const at = new Date(`${day}T00:00:00Z`);
  return new Intl.DateTimeFormat(locale, { ...FORMATS[format], timeZone: 'UTC' }).format(at);
}
