import { Button } from '#components/ui/button.tsx';
import { route } from '#lib/config/route.ts';
import type { LogQuery } from '../search-params.ts';

const FIELD = 'min-h-8 min-w-0 rounded-lg border border-input bg-card px-3 text-sm';

/** The range of days, and what else the entries of the log have to match. */
export function AuditFilters({ query }: { query: LogQuery }) {
  const text = (name: 'person' | 'client' | 'tool', label: string) => (
    <label className="flex flex-col gap-1">
      <span className="text-muted-foreground">{label}</span>
      <input name={name} defaultValue={query[name]} maxLength={100} className={`${FIELD} w-32`} />
    </label>
  );
  const date = (name: 'from' | 'until', label: string) => (
    <label className="flex flex-col gap-1">
      <span className="text-muted-foreground">{label}</span>
      <input type="date" name={name} defaultValue={query[name]} className={FIELD} />
    </label>
  );
  const choice = (
    name: 'kind' | 'outcome',
    label: string,
    options: readonly (readonly [string, string])[],
  ) => (
    <label className="flex flex-col gap-1">
      <span className="text-muted-foreground">{label}</span>
      <select name={name} defaultValue={query[name] ?? ''} className={FIELD}>
        {options.map(([value, shown]) => (
          <option key={value} value={value}>
            {shown}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <search>
      <form action={route('/organization/audit')} className="flex flex-wrap items-end gap-3 text-sm">
        {date('from', 'From (UTC)')}
        {date('until', 'Until')}
        {text('person', 'Person')}
        {text('client', 'Client')}
        {text('tool', 'Tool')}
        {choice('outcome', 'Outcome', [
          ['', 'Any'],
          ['allowed', 'Allowed'],
          ['denied', 'Refused'],
          ['failed', 'Failed'],
        ])}
        {choice('kind', 'Entries', [
          ['', 'Calls and acts'],
          ['calls', 'Calls'],
          ['acts', 'Acts'],
        ])}
        <Button type="submit" size="small">
          Filter
        </Button>
      </form>
    </search>
  );
}
