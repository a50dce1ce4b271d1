import { classNames } from '#components/class-names.ts';
import { LANE_NAMES, LANES, type Lane } from '#lib/inspector/exchange.ts';
import { ExchangeDetail } from './exchange-detail.tsx';
import type { Row } from './state.ts';

/** Grid lines of eight columns: lane n stands on line 2n + 2. */
const START = ['col-start-2', 'col-start-4', 'col-start-6', 'col-start-8'];
const END = ['col-end-2', 'col-end-4', 'col-end-6', 'col-end-8'];

const laneIndex = (lane: Lane) => LANES.indexOf(lane);

function pathOf(url: string): string {
  if (!URL.canParse(url)) return url;
  const { pathname } = new URL(url);
  return pathname;
}

/** What the answer was, in a few characters. */
export function outcome({ response, error, pending }: Row): string {
  if (pending) return 'waiting';
  if (response) return String(response.status);
  return error === undefined ? '' : 'no answer';
}

/** Exchanges as a sequence diagram of four lanes; under 640 px as a numbered list. */
export function Sequence({
  rows,
  open,
  onToggle,
}: {
  rows: readonly Row[];
  open: string | undefined;
  onToggle: (id: string) => void;
}) {
  return (
    <div>
      <div
        aria-hidden
        className="sticky top-0 z-1 hidden grid-cols-4 bg-page pb-2 text-center text-small text-muted sm:grid"
      >
        {LANES.map((lane) => (
          <span key={lane}>{LANE_NAMES[lane]}</span>
        ))}
      </div>
      <div className="relative">
        <div aria-hidden className="absolute inset-0 hidden grid-cols-4 sm:grid">
          {LANES.map((lane) => (
            <span key={lane} className="mx-auto h-full w-px bg-line" />
          ))}
        </div>
        <ol aria-label="Exchanges" className="relative">
          {rows.map((row, index) => (
            <li key={row.id} id={`exchange-${row.id}`} className="appear scroll-mt-12">
              <button
                type="button"
                aria-expanded={open === row.id}
                aria-controls={`detail-${row.id}`}
                onClick={() => onToggle(row.id)}
                className="block w-full rounded-box px-0 py-2 text-left hover:bg-sunken/60 aria-expanded:bg-sunken"
              >
                <ListLine row={row} number={index + 1} />
                <Arrow row={row} number={index + 1} />
              </button>
              <div id={`detail-${row.id}`} hidden={open !== row.id}>
                {open === row.id && <ExchangeDetail exchange={row} />}
              </div>
            </li>
          ))}
        </ol>
      </div>
    </div>
  );
}

function ListLine({ row, number }: { row: Row; number: number }) {
  return (
    <span className="flex gap-3 px-2 sm:hidden">
      <span className="w-6 shrink-0 text-right text-small text-muted tabular-nums">{number}</span>
      <span className="min-w-0 flex-1">
        <span className="block text-small">{row.title}</span>
        <span className="block text-small text-muted">
          {LANE_NAMES[row.from]} to {LANE_NAMES[row.to].toLowerCase()}
        </span>
        <code className="block text-small wrap-anywhere text-muted">
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
      className={classNames('shrink-0 font-mono text-small tabular-nums', bad ? 'text-bad' : 'text-muted')}
    >
      {outcome(row)}
    </span>
  );
}

function Arrow({ row, number }: { row: Row; number: number }) {
  const from = laneIndex(row.from);
  const to = laneIndex(row.to);
  const left = Math.min(from, to);
  const span = classNames(START[left], END[Math.max(from, to)]);
  const right = to > from;
  const answered = row.response !== undefined || row.error !== undefined;
  // Words go where the row is empty: right of an arrow from the left lanes, left of one between the last two.
  const atEnd = left === 2;
  const words = atEnd ? 'col-start-1 col-end-8 pr-3 text-right' : classNames(START[left], 'col-end-9 pl-3');
  return (
    <span className="hidden grid-cols-8 gap-y-1 text-small sm:grid">
      <span className={classNames(words, 'truncate')}>
        <span className="text-muted tabular-nums">{number}.</span> {row.title}
      </span>
      <span className={classNames(words, 'truncate font-mono text-muted')}>
        {row.request.method} {pathOf(row.request.url)}
      </span>
      <span className={classNames(span, 'relative mx-1 h-2')}>
        <Line to={right ? 'right' : 'left'} look={row.pending ? 'pending' : 'request'} />
      </span>
      {answered && (
        <>
          <span className={classNames(span, 'relative mx-1 h-2')}>
            <Line to={right ? 'left' : 'right'} look={row.error ? 'error' : 'answer'} />
          </span>
          <span className={classNames(words, 'truncate')}>
            <Outcome row={row} />
            {row.ledOn && (
              <>
                {' '}
                <code className="rounded-small bg-accent-soft px-1 text-accent">{row.ledOn.field}</code>
              </>
            )}
            {row.durationMs > 0 && <span className="text-muted tabular-nums"> {row.durationMs} ms</span>}
          </span>
        </>
      )}
    </span>
  );
}

const LOOKS = {
  request: 'border-ink text-ink',
  pending: 'border-muted text-muted breathe',
  answer: 'border-dashed border-muted text-muted',
  error: 'border-dashed border-bad text-bad',
};

function Line({ to, look }: { to: 'left' | 'right'; look: keyof typeof LOOKS }) {
  return (
    <span className={classNames('absolute inset-x-0 top-1 border-t', LOOKS[look])}>
      <span
        className={classNames(
          'absolute -top-[4.5px] size-2 border-current',
          to === 'right' ? 'right-0 rotate-45 border-t border-r' : 'left-0 rotate-45 border-b border-l',
        )}
      />
    </span>
  );
}
