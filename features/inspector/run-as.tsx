import { useId } from 'react';
import { REGISTRATIONS, REVISIONS, type RegistrationChoice } from '#features/discovery/revision.ts';
import type { RunRequest } from './messages.ts';

/** The client that a run imitates. */
export type ImitatedClient = Pick<RunRequest, 'revision' | 'registration'>;

const REGISTRATION_NAMES: Record<RegistrationChoice, string> = {
  auto: 'Automatic',
  cimd: 'CIMD',
  dcr: 'DCR',
  'pre-registered': 'Pre-registered',
};

/** Which client a run imitates, folded into one line. */
export function RunAs({
  client,
  onChange,
}: {
  client: ImitatedClient;
  onChange: (client: ImitatedClient) => void;
}) {
  const id = useId();
  const { revision, registration } = client;
  return (
    <details className="mt-2 text-sm">
      <summary className="min-h-8 py-1 text-muted-foreground hover:text-foreground">
        Run as: MCP revision {revision === 'auto' ? 'automatic' : revision}, client registration{' '}
        {registration === 'auto' ? 'automatic' : REGISTRATION_NAMES[registration]}
      </summary>
      <div className="mt-2 flex flex-wrap gap-x-8 gap-y-4 pb-2">
        <Choice
          legend="MCP revision"
          name={`${id}-revision`}
          options={['auto', ...REVISIONS]}
          label={(value) => (value === 'auto' ? 'Automatic' : value)}
          value={revision}
          onChange={(chosen) => onChange({ ...client, revision: chosen })}
        />
        <Choice
          legend="Client registration"
          name={`${id}-registration`}
          options={['auto', ...REGISTRATIONS]}
          label={(value) => REGISTRATION_NAMES[value]}
          value={registration}
          onChange={(chosen) => onChange({ ...client, registration: chosen })}
        />
      </div>
    </details>
  );
}

/** One of a few values. */
function Choice<Value extends string>({
  legend,
  name,
  options,
  label,
  value,
  onChange,
}: {
  legend: string;
  name: string;
  options: readonly Value[];
  label: (value: Value) => string;
  value: Value;
  onChange: (value: Value) => void;
}) {
  return (
    <fieldset>
      <legend className="mb-1 text-muted-foreground">{legend}</legend>
      <div className="flex flex-wrap rounded-lg border border-border bg-card p-0.5">
        {options.map((option) => (
          <label
            key={option}
            className="relative min-h-8 content-center rounded-sm px-3 text-muted-foreground hover:text-foreground has-checked:bg-accent has-checked:text-primary has-focus-visible:outline-2 has-focus-visible:outline-ring"
          >
            <input
              type="radio"
              name={name}
              value={option}
              checked={option === value}
              onChange={() => onChange(option)}
              className="absolute inset-0 opacity-0"
            />
            {label(option)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
