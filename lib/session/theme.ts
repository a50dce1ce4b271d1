import 'server-only';
import { cookies } from 'next/headers';

export const THEME_COOKIE = 'theme';

export type Theme = 'system' | 'light' | 'dark';

/** `value` if it is a theme, else `system`. */
export function asTheme(value: unknown): Theme {
  return value === 'light' || value === 'dark' ? value : 'system';
}

/** The theme chosen in this browser. Read on the server, so that the first paint has it. */
export async function chosenTheme(): Promise<Theme> {
  return asTheme((await cookies()).get(THEME_COOKIE)?.value);
}
