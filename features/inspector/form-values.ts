import { isObject } from '#lib/text/json.ts';
import { cleanLines } from '#lib/text/sanitize.ts';
import type { Arguments, Field, FormValue, FormValues } from './field.ts';

/** What a control shows for a value; without one, what it shows at first. */
export function formValue(target: Field, value: unknown): FormValue {
  switch (target.kind) {
    case 'object': {
      const given = isObject(value) ? value : {};
      return record(
        (target.fields ?? []).map((item) => [
          item.name,
          Object.hasOwn(given, item.name) ? formValue(item, given[item.name]) : item.initial,
        ]),
      );
    }
    case 'list':
      return Array.isArray(value) && target.item
        ? value.slice(0, 200).map((element) => formValue(target.item as Field, element))
        : [];
    case 'choice':
      // A choice has to remain equal to its option.
      return value === undefined ? '' : JSON.stringify(value);
    case 'boolean':
      return value === undefined ? (target.required ? 'false' : '') : String(value);
    default: {
      if (value === undefined || value === null) return '';
      const shown = typeof value === 'string' && target.kind !== 'json' ? value : JSON.stringify(value);
      // A person must see what they send.
      return cleanLines(shown);
    }
  }
}

/** The values of a form for arguments. */
export const formValues = (fields: readonly Field[], values: Arguments = {}): FormValues =>
  record(
    fields.map((item) => [
      item.name,
      Object.hasOwn(values, item.name) ? formValue(item, values[item.name]) : item.initial,
    ]),
  );

type ArgumentsReading =
  | { arguments: Arguments; errors?: undefined }
  | { errors: Record<string, string>; arguments?: undefined };

type Errors = Map<string, string>;
type Reading = { value: unknown } | undefined;

function readText(target: Field, value: string, path: string, errors: Errors): Reading {
  const wrong = (error: string) => {
    errors.set(path, error);
    return undefined;
  };
  if (value === '') {
    if (!target.required) return undefined;
    return ['text', 'long-text'].includes(target.kind) ? { value: '' } : wrong('Required');
  }
  switch (target.kind) {
    case 'number':
    case 'integer': {
      const parsed = Number(value);
      if (value.trim() === '' || Number.isNaN(parsed)) return wrong('Enter a number');
      if (target.kind === 'integer' && !Number.isInteger(parsed)) return wrong('Enter a whole number');
      if (target.minimum !== undefined && parsed < target.minimum) return wrong(`At least ${target.minimum}`);
      if (target.maximum !== undefined && parsed > target.maximum) return wrong(`At most ${target.maximum}`);
      return { value: parsed };
    }
    case 'boolean':
      return { value: value === 'true' };
    case 'choice':
    case 'json':
      try {
        return { value: JSON.parse(value) };
      } catch {
        return wrong('Invalid JSON');
      }
    default:
      return { value };
  }
}

function readField(target: Field, value: FormValue | undefined, path: string, errors: Errors): Reading {
  if (target.kind === 'object') {
    const given = isObject(value) ? (value as FormValues) : {};
    // An optional object without any entered value is left out, with the errors of its required fields.
    const inner: Errors = new Map();
    const read = readFields(target.fields ?? [], given, `${path}.`, inner);
    if (!target.required && !hasContent(value, target)) return undefined;
    for (const [at, error] of inner) errors.set(at, error);
    return { value: read };
  }
  if (target.kind === 'list') {
    const list = Array.isArray(value) ? (value as readonly FormValue[]) : [];
    if (list.length === 0 && !target.required) return undefined;
    if (target.minimum !== undefined && list.length < target.minimum)
      errors.set(path, `At least ${target.minimum}`);
    if (target.maximum !== undefined && list.length > target.maximum)
      errors.set(path, `At most ${target.maximum}`);
    return {
      value: list.map(
        (element, index) => readField(target.item as Field, element, `${path}[${index}]`, errors)?.value,
      ),
    };
  }
  return readText(target, typeof value === 'string' ? value : '', path, errors);
}

/** Whether something other than the initial value was entered. */
function hasContent(value: FormValue | undefined, { initial }: Field): boolean {
  return value !== undefined && JSON.stringify(value) !== JSON.stringify(initial);
}

function readFields(fields: readonly Field[], values: FormValues, prefix: string, errors: Errors): Arguments {
  return record(
    fields.flatMap((item) => {
      const given = Object.hasOwn(values, item.name) ? values[item.name] : undefined;
      const reading = readField(item, given, `${prefix}${item.name}`, errors);
      return reading === undefined ? [] : [[item.name, reading.value] as const];
    }),
  );
}

/** The arguments from the values of a form, or an error by path of the field. An empty optional field is omitted. */
export function readArguments(fields: readonly Field[], values: FormValues): ArgumentsReading {
  const errors: Errors = new Map();
  const read = readFields(fields, values, '', errors);
  return errors.size > 0 ? { errors: record([...errors]) } : { arguments: read };
}

/** An object of own properties, even when the server chose a name such as `__proto__`. */
function record<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries(entries);
}
