import { readerLocale } from '#components/ui/count.tsx';
import { countOf } from '#components/ui/format.ts';
import { type EffectiveLimits, type LimitChoice, NO_LIMITS } from '#lib/connections/policy/limits.ts';
import { limitsOf } from '#lib/connections/policy/policy.ts';
import type { ConnectionRow } from '#lib/connections/queries.ts';
import { tools } from '#lib/mcp/tools/index.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { LimitsForm } from './limits-form.tsx';

const day = (at: Date | undefined) => at?.toISOString().slice(0, 10) ?? '';

/** The limits of a connection in plain words, and the form that changes the person's own. */
export async function AccessLimits({ row }: { row: ConnectionRow }) {
  const limits = (await limitsOf([row.id])).get(row.id) ?? { ...NO_LIMITS, choices: [] };
  const own = limits.choices.find(({ limiter }) => limiter === 'person')?.limits ?? NO_LIMITS;
  const isNamed = row.clientId !== undefined && row.dynamicallyRegistered !== true;
  return (
    <section aria-labelledby="limits" className="mt-6 text-sm">
      <h2 id="limits" className="text-base">
        Limits
      </h2>
      <ul className="mt-1">
        {sentences(limits, await readerLocale(), row.state === 'active').map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <details className="mt-2 print:hidden">
        <summary className="link w-fit cursor-pointer">Edit access</summary>
        <LimitsForm
          id={row.id}
          readOnly={own.readOnly}
          tools={tools.map(({ name, listing }) => ({
            name,
            title: listing.title,
            readsOnly: listing.annotations.readOnlyHint === true,
            on: !own.toolsOff.includes(name),
          }))}
          lastDay={day(own.expiresAt)}
          unusedDays={own.unusedDays?.toString() ?? ''}
        />
        <p className="mt-3 text-muted-foreground">
          The limits stay when you authorize this app again.
          {!isNamed && ' If it registers itself again, it is a new connection without them.'}
        </p>
      </details>
    </section>
  );
}

function sentences({ choices }: EffectiveLimits, locale: string, active: boolean): string[] {
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  const found = choices.flatMap(({ limits, ...choice }) => {
    const off = tools.filter(({ name }) => limits.toolsOff.includes(name));
    const titles = off.map(({ listing }) => listing.title).join(', ');
    const source = sourceOf(choice);
    return [
      ...(limits.readOnly ? [`Read-only: the app cannot change anything${source}.`] : []),
      ...(off.length > 0 ? [`${countOf(off.length, 'tool')} switched off${source}: ${titles}.`] : []),
      ...(limits.expiresAt ? [`Expires after ${date.format(limits.expiresAt)} (UTC)${source}.`] : []),
      ...(limits.unusedDays
        ? [`Expires after ${countOf(limits.unusedDays, 'day')} without use${source}.`]
        : []),
    ];
  });
  if (found.length > 0) return found;
  return [active ? 'None: the app can use every tool that its permissions allow.' : 'None.'];
}

function sourceOf({ limiter, name }: Pick<LimitChoice, 'limiter' | 'name'>): string {
  switch (limiter) {
    case 'person':
      return '';
    case 'administrator':
      return `, set by the administrator ${sanitize(name, 100)}`;
    case 'organization':
      return ', set by your organization';
    case 'server':
      return ', set by the operator of this server';
  }
}
