import { type FormEvent, type ReactNode, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { isObject } from '#lib/text/json.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Arguments, Field, FormValues } from './field.ts';
import { FieldControl } from './field-control.tsx';
import { formValues, readArguments } from './form-values.ts';
import { type Suggest, useSuggestions } from './use-suggestions.ts';

/** The field for arguments whose schema has no fields. */
const AS_JSON: Field = {
  name: 'arguments',
  label: 'Arguments as JSON',
  kind: 'json',
  required: true,
  initial: '{}',
};

/**
 * A form for arguments: a control for each field, or all of them as one JSON object.
 *
 * @param props.given - arguments to begin with
 * @param props.check - what is wrong with the arguments, by another rule than the fields
 * @param props.onInvalid - called when the arguments were not accepted
 */
export function ArgumentsForm({
  id,
  fields,
  given,
  submit,
  variant = 'primary',
  busy,
  check,
  suggest,
  onSubmit,
  onInvalid,
  children,
}: {
  id: string;
  fields: readonly Field[] | undefined;
  given?: Arguments | undefined;
  submit: string;
  variant?: 'primary' | 'secondary';
  busy: boolean;
  check?: ((values: Arguments) => Promise<string | undefined>) | undefined;
  /** Asks the server for values of a field. */
  suggest?: Suggest | undefined;
  onSubmit: (values: Arguments) => void;
  onInvalid?: () => void;
  /** Further buttons. */
  children?: ReactNode;
}) {
  const [asJson, setAsJson] = useState(false);
  const shown = fields === undefined || asJson ? [AS_JSON] : fields;
  const asText = (values: Arguments) => ({ [AS_JSON.name]: JSON.stringify(values, null, 2) });
  const [values, setValues] = useState<FormValues>(() =>
    fields ? formValues(fields, given) : asText(given ?? {}),
  );
  const { suggestions, ask } = useSuggestions(asJson ? undefined : suggest);
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});

  /** The arguments as entered; undefined, with errors shown, when they cannot be read. */
  function read(): Arguments | undefined {
    const reading = readArguments(shown, values);
    const entered =
      shown[0] === AS_JSON && reading.arguments ? reading.arguments[AS_JSON.name] : reading.arguments;
    setErrors(reading.errors ?? (isObject(entered) ? {} : { [AS_JSON.name]: 'Enter a JSON object' }));
    return isObject(entered) ? { ...entered } : undefined;
  }

  function toggle() {
    if (!fields) return;
    if (!asJson) {
      // What cannot be read yet is left out.
      setValues(asText(readArguments(fields, values).arguments ?? {}));
      setErrors({});
      return setAsJson(true);
    }
    const entered = read();
    if (!entered) return;
    setValues(formValues(fields, entered));
    setAsJson(false);
  }

  async function onFormSubmit(event: FormEvent) {
    event.preventDefault();
    const entered = read();
    if (!entered) return onInvalid?.();
    const problem = await check?.(entered);
    if (problem === undefined) return onSubmit(entered);
    setErrors({ '': problem });
    onInvalid?.();
  }

  return (
    <form onSubmit={onFormSubmit} noValidate className="space-y-3">
      {shown.map((field) => (
        <FieldControl
          key={field.name}
          id={`${id}-${field.name}`}
          path={field.name}
          field={field}
          value={values[field.name] ?? ''}
          errors={errors}
          suggestions={suggestions[field.name]}
          onFocus={() => ask(field.name, String(values[field.name] ?? ''), values)}
          onChange={(value) => {
            setValues((now) => ({ ...now, [field.name]: value }));
            if (typeof value === 'string') ask(field.name, value, values);
          }}
        />
      ))}
      {errors[''] !== undefined && (
        <p role="alert" className="text-sm wrap-anywhere text-destructive">
          {errors['']}
        </p>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" variant={variant} size="small" disabled={busy}>
          {busy ? 'Running…' : sanitize(submit, 80)}
        </Button>
        {children}
        {fields !== undefined && fields.length > 0 && (
          <Button size="small" variant="quiet" onClick={toggle} className="ml-auto">
            {asJson ? 'Edit as form' : 'Edit as JSON'}
          </Button>
        )}
      </div>
    </form>
  );
}
