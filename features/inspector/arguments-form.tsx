import { type FormEvent, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { isObject } from '#lib/text/json.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { type Arguments, type Field, readArguments } from './form-fields.ts';

const CONTROL = 'mt-1 min-h-10 w-full rounded-lg border border-input bg-card px-3 py-2 text-sm';

/** The field for arguments whose schema has no fields. */
const AS_JSON: Field = {
  name: 'arguments',
  label: 'Arguments as JSON',
  kind: 'json',
  required: true,
  initial: '{}',
};

/** A form for arguments: one control per field, or one for all arguments as JSON. */
export function ArgumentsForm({
  id,
  fields,
  submit,
  busy,
  onSubmit,
}: {
  id: string;
  fields: readonly Field[] | undefined;
  submit: string;
  busy: boolean;
  onSubmit: (values: Arguments) => Promise<void>;
}) {
  const shown = fields ?? [AS_JSON];
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries(shown.map(({ name, initial }) => [name, initial])),
  );
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [running, setRunning] = useState(false);

  async function onFormSubmit(event: FormEvent) {
    event.preventDefault();
    const reading = readArguments(shown, values);
    const given = fields ? reading.arguments : reading.arguments?.[AS_JSON.name];
    if (!isObject(given)) {
      setErrors(reading.errors ?? { [AS_JSON.name]: 'Enter a JSON object' });
      return;
    }
    setErrors({});
    setRunning(true);
    await onSubmit(given);
    setRunning(false);
  }

  return (
    <form onSubmit={onFormSubmit} noValidate className="space-y-3">
      {shown.map((field) => (
        <FieldControl
          key={field.name}
          id={`${id}-${field.name}`}
          field={field}
          value={values[field.name] ?? ''}
          error={errors[field.name]}
          onChange={(value) => setValues((now) => ({ ...now, [field.name]: value }))}
        />
      ))}
      <Button type="submit" variant="primary" size="small" disabled={busy}>
        {running ? 'Running…' : sanitize(submit, 80)}
      </Button>
    </form>
  );
}

type ControlProps = {
  id: string;
  field: Field;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
};

function FieldControl({ id, field, value, error, onChange }: ControlProps) {
  const described = [field.description && `${id}-description`, error && `${id}-error`]
    .filter(Boolean)
    .join(' ');
  return (
    <div className="max-w-[40rem]">
      <label htmlFor={id} className="text-sm">
        <span className="font-mono">{sanitize(field.label, 120)}</span>{' '}
        <span className="text-muted-foreground">{field.required ? 'required' : 'optional'}</span>
      </label>
      <Control
        id={id}
        field={field}
        value={value}
        onChange={onChange}
        invalid={error !== undefined}
        describedBy={described === '' ? undefined : described}
      />
      {field.description && (
        <p id={`${id}-description`} className="mt-1 text-sm text-muted-foreground">
          {sanitize(field.description, 400)}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} role="alert" className="mt-1 text-sm text-destructive">
          {error}
        </p>
      )}
    </div>
  );
}

function Control({
  id,
  field,
  value,
  onChange,
  invalid,
  describedBy,
}: Omit<ControlProps, 'error'> & { invalid: boolean; describedBy: string | undefined }) {
  const shared = {
    id,
    value,
    'aria-invalid': invalid,
    'aria-describedby': describedBy,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
    className: CONTROL,
  };
  switch (field.kind) {
    case 'boolean':
    case 'choice':
      return (
        <select {...shared}>
          {(!field.required || field.kind === 'choice') && <option value="">(none)</option>}
          {(field.kind === 'boolean' ? ['true', 'false'] : (field.choices ?? [])).map((choice) => (
            <option key={choice} value={choice}>
              {sanitize(choice.replace(/^"(.*)"$/, '$1'), 120)}
            </option>
          ))}
        </select>
      );
    case 'json':
    case 'long-text':
      return <textarea {...shared} rows={4} spellCheck={false} className={`${CONTROL} font-mono`} />;
    case 'number':
    case 'integer':
      return <input {...shared} inputMode="decimal" autoComplete="off" />;
    case 'date':
      return <input {...shared} type="date" />;
    case 'text':
      return <input {...shared} type="text" autoComplete="off" spellCheck={false} />;
  }
}
