import { useState } from 'react';
import { cn } from '#components/ui/cn.ts';
import { countOf } from '#components/ui/format.ts';
import { LANE_NAMES, LANES } from '#features/discovery/exchange.ts';
import { ExchangeDetail } from './exchange-detail.tsx';
import { type Phase, phasesOf } from './phases.ts';
import { SequenceRow } from './sequence-row.tsx';
import type { Row } from './state.ts';

type Props = {
  rows: readonly Row[];
  open: string | undefined;
  /** Id of the exchange after which a strict client stops. */
  stoppedAt?: string | undefined;
  onToggle: (id: string) => void;
};

/**
 * Exchanges as a sequence diagram of four lanes, or as a numbered list below 640 px. The latest phase is expanded, and
 * so is the phase of the open exchange.
 */
export function Sequence({ rows, open, stoppedAt, onToggle }: Props) {
  const phases = phasesOf(rows);
  return (
    <div>
      <div
        aria-hidden
        className="sticky top-0 z-1 hidden grid-cols-4 bg-background pb-2 text-center text-sm text-muted-foreground sm:grid"
      >
        {LANES.map((lane) => (
          <span key={lane}>{LANE_NAMES[lane]}</span>
        ))}
      </div>
      {phases.map((phase, index) => (
        <PhaseRows
          key={phase.id}
          phase={phase}
          latest={index === phases.length - 1}
          only={phases.length === 1}
          open={open}
          stoppedAt={stoppedAt}
          onToggle={onToggle}
        />
      ))}
    </div>
  );
}

function PhaseRows({
  phase,
  latest,
  only,
  open,
  stoppedAt,
  onToggle,
}: Omit<Props, 'rows'> & { phase: Phase; latest: boolean; only: boolean }) {
  const [chosen, setChosen] = useState<boolean | undefined>(undefined);
  const expanded = phase.rows.some(({ id }) => id === open) || (chosen ?? latest);
  return (
    <section aria-label={phase.title}>
      {!only && (
        <button
          type="button"
          aria-expanded={expanded}
          onClick={() => setChosen(!expanded)}
          className="printed flex min-h-10 w-full items-center gap-2 border-t border-border text-left text-sm"
        >
          <span className="font-medium">{phase.title}</span>
          <span className="text-muted-foreground tabular-nums">{countOf(phase.rows.length, 'request')}</span>
          <span className="ml-auto text-muted-foreground">{expanded ? 'Collapse' : 'Expand'}</span>
        </button>
      )}
      <div className="relative" hidden={!expanded}>
        <div aria-hidden className="absolute inset-0 hidden grid-cols-4 sm:grid">
          {LANES.map((lane) => (
            <span key={lane} className="mx-auto h-full w-px bg-border" />
          ))}
        </div>
        <ol start={phase.first} aria-label={`${phase.title}, requests`} className="relative pb-2">
          {phase.rows.map((row, index) => (
            <li key={row.id} id={`exchange-${row.id}`} className="appear scroll-mt-12">
              <button
                type="button"
                aria-expanded={open === row.id}
                aria-controls={`detail-${row.id}`}
                onClick={() => onToggle(row.id)}
                className={cn(
                  'printed group block w-full rounded-lg py-2 text-left hover:bg-muted',
                  'aria-expanded:bg-muted',
                )}
              >
                <SequenceRow row={row} number={phase.first + index} />
              </button>
              <div id={`detail-${row.id}`} hidden={open !== row.id}>
                {open === row.id && <ExchangeDetail exchange={row} />}
              </div>
              {row.id === stoppedAt && <StrictStop />}
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}

/** The place in the sequence where a client that follows the standards to the letter stops. */
const StrictStop = () => (
  <p className="my-2 flex items-center gap-3 text-sm text-destructive">
    <span aria-hidden className="h-px flex-1 bg-destructive" />
    <span className="bg-background">A strict client stops here</span>
    <span aria-hidden className="h-px flex-1 bg-destructive" />
  </p>
);
