import { cn } from '#components/ui/cn.ts';
import { LANE_NAMES, LANES } from '#features/discovery/exchange.ts';
import type { Row } from './state.ts';

/** Lines of a grid of eight columns: lane n is at line 2n + 2. */
const START = ['col-start-2', 'col-start-4', 'col-start-6', 'col-start-8'];
const END = ['col-end-2', 'col-end-4', 'col-end-6', 'col-end-8'];

/** The outcome of an exchange in a few characters. */
export function outcome({ response, error, pending }: Row): string {
  if (pending) return 'waiting';
  if (response) return String(response.status);
  return error === undefined ? '' : 'no response';
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url;
}

/** One exchange: an arrow between two lanes, or a line of a list on narrow screens. */
export function SequenceRow({ row, number }: { row: Row; number: number }) {
  return (
    <>
      <ListLine row={row} number={number} />
      <Arrows row={row} number={number} />
    </>
  );
}

function ListLine({ row, number }: { row: Row; number: number }) {
  return (
    <span className="flex gap-3 px-2 text-sm sm:hidden">
      <span className="w-6 shrink-0 text-right text-muted-foreground tabular-nums">{number}</span>
      <span className="min-w-0 flex-1">
        <span className="block">{row.title}</span>
        <span className="block text-muted-foreground">
          {LANE_NAMES[row.from]} → {LANE_NAMES[row.to]}
        </span>
        <code className="block wrap-anywhere text-muted-foreground">
          {row.request.method} {pathOf(row.request.url)}
        </code>
      </span>
      <Outcome row={row} />
    </span>
  );
}

function Outcome({ row }: { row: Row }) {
  const bad = row.error !== undefined || (row.response?.status ?? 0) >= 500;
  return (
    <span
      className={cn('shrink-0 font-mono tabular-nums', bad ? 'text-destructive' : 'text-muted-foreground')}
    >
      {outcome(row)}
    </span>
  );
}

/** Covers the lanes behind the text. */
const OVER_LANES = 'bg-background px-1 group-hover:bg-muted group-aria-expanded:bg-muted';

function Arrows({ row, number }: { row: Row; number: number }) {
  const from = LANES.indexOf(row.from);
  const to = LANES.indexOf(row.to);
  const left = Math.min(from, to);
  const span = cn(START[left], END[Math.max(from, to)]);
  const forward = to > from;
  // Text goes where the row is empty: right of an arrow from the left lanes, left of one between the last two.
  const text = cn(
    'flex min-w-0 items-baseline gap-2',
    left === 2 ? 'col-start-1 col-end-8 justify-end pr-2' : cn(START[left], 'col-end-9 pl-2'),
  );
  return (
    <span className="hidden grid-cols-8 gap-y-1 text-sm sm:grid">
      <span className={text}>
        <span className={cn(OVER_LANES, 'shrink-0')}>
          <span className="text-muted-foreground tabular-nums">{number}.</span> {row.title}
        </span>
        <code className={cn(OVER_LANES, 'truncate text-muted-foreground')}>
          {row.request.method} {pathOf(row.request.url)}
        </code>
      </span>
      <span className={cn(span, 'relative mx-1 h-2')}>
        <Line to={forward ? 'right' : 'left'} appearance={row.pending ? 'pending' : 'request'} />
      </span>
      {(row.response !== undefined || row.error !== undefined) && (
        <>
          <span className={cn(span, 'relative mx-1 h-2')}>
            <Line to={forward ? 'left' : 'right'} appearance={row.error ? 'error' : 'response'} />
          </span>
          <span className={text}>
            <span className={cn(OVER_LANES, 'flex items-baseline gap-2')}>
              <Outcome row={row} />
              {row.evidence && (
                <code className="rounded-sm bg-accent px-1 text-primary">{row.evidence.field}</code>
              )}
              {row.durationMs > 0 && (
                <span className="text-muted-foreground tabular-nums">{row.durationMs} ms</span>
              )}
            </span>
          </span>
        </>
      )}
    </span>
  );
}

const APPEARANCES = {
  request: 'border-foreground text-foreground',
  pending: 'border-muted-foreground text-muted-foreground animate-pulse motion-reduce:animate-none',
  response: 'border-dashed border-muted-foreground text-muted-foreground',
  error: 'border-dashed border-destructive text-destructive',
};

function Line({ to, appearance }: { to: 'left' | 'right'; appearance: keyof typeof APPEARANCES }) {
  return (
    <span className={cn('absolute inset-x-0 top-1 border-t', APPEARANCES[appearance])}>
      <span
        className={cn(
          'absolute -top-[4.5px] size-2 border-current',
          to === 'right' ? 'right-0 rotate-45 border-t border-r' : 'left-0 rotate-45 border-b border-l',
        )}
      />
    </span>
  );
}
