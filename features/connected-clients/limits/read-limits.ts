import { type Limits, MAX_UNUSED_DAYS } from '#lib/connections/policy/limits.ts';
import { tools } from '#lib/mcp/tools/index.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The end of a day of the form, in UTC; undefined for text that is no day. */
function endOfDay(day: string): Date | undefined {
  const start = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(start) ? undefined : new Date(start + DAY_MS - 1);
}

/**
 * Reads the fields of the form: `readOnly`, a `tool` for each that stays on, `lastDay` (YYYY-MM-DD) and `unusedDays`.
 *
 * @returns the limits, or which field is wrong
 */
export function readLimits(form: FormData, now: Date): Limits | 'bad_date' | 'bad_days' {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const on = new Set(form.getAll('tool'));
  const limits: Limits = {
    readOnly: form.has('readOnly'),
    toolsOff: tools.map(({ name }) => name).filter((name) => !on.has(name)),
  };
  const [day, days] = [text('lastDay'), text('unusedDays')];
  if (day !== '') {
    const expiresAt = endOfDay(day);
    if (expiresAt === undefined || expiresAt <= now) return 'bad_date';
    limits.expiresAt = expiresAt;
  }
  if (days !== '') {
    const unusedDays = Number(days);
    if (!/^\d{1,4}$/.test(days) || unusedDays < 1 || unusedDays > MAX_UNUSED_DAYS) return 'bad_days';
    limits.unusedDays = unusedDays;
  }
  return limits;
}
