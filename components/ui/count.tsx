import { headers } from 'next/headers';
import { cache } from 'react';
import { formatNumber } from './format.ts';

/** The locale that the browser prefers (Accept-Language, RFC 9110 section 12.5.4); English without one. */
export const readerLocale = cache(async () => preferredLocale((await headers()).get('accept-language')));

/** The first language tag of an Accept-Language header that is one. */
export function preferredLocale(header: string | null): string {
  const [tag = ''] = header?.split(/[,;]/, 1) ?? [];
  try {
    return Intl.NumberFormat.supportedLocalesOf(tag.trim())[0] ?? 'en';
  } catch {
    return 'en';
  }
}

/** A number with the separators of the reader's locale, and the noun that it counts: `1 call`, `1,204 calls`. */
export async function Count({ of, one, many = `${one}s` }: { of: number; one?: string; many?: string }) {
  const number = formatNumber(of, await readerLocale());
  return one === undefined ? number : `${number} ${of === 1 ? one : many}`;
}
