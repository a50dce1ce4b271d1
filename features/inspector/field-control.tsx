import { Button } from '#components/ui/button.tsx';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Field, FormValue, FormValues } from './field.ts';

const CONTROL = 'mt-1 min-h-10 w-full rounded-lg border border-input bg-card px-3 py-2 text-sm';

type Props = {
  id: string;
  /** Of the field among the errors: `place.street`, `tags[0]`. */
  path: string;
  field: Field;
  value: FormValue;
  errors: Readonly<Record<string, string>>;
  onChange: (value: FormValue) => void;
  /** Values that the server suggests for a text field. */
  suggestions?: readonly string[] | undefined;
  /** Called when a text field gets the focus. */
  onFocus?: (() => void) | undefined;
};

/** A field of a form with its label, description and error; fields of objects and lists inside of it. */
export function FieldControl(props: Props) {
  const { field } = props;
  if (field.kind === 'object') return <ObjectControl {...props} />;
  if (field.kind === 'list') return <ListControl {...props} />;
  return <SimpleControl {...props} />;
}

const requirement = ({ required }: Field) => (required ? 'required' : 'optional');

function Legend({ field }: { field: Field }) {
  return (
    <legend className="px-1 text-sm">
      <span className="font-mono wrap-anywhere">{sanitize(field.label, 120)}</span>{' '}
      <span className="text-muted-foreground">{requirement(field)}</span>
    </legend>
  );
}

function Description({ id, text }: { id?: string; text: string | undefined }) {
  return text === undefined ? null : (
    <p id={id} className="mt-1 text-sm wrap-anywhere text-muted-foreground">
      {sanitize(text, 400)}
    </p>
  );
}

function Problem({ id, text }: { id?: string; text: string | undefined }) {
  return text === undefined ? null : (
    <p id={id} role="alert" className="mt-1 text-sm text-destructive">
      {text}
    </p>
  );
}

const GROUP = 'min-w-0 max-w-[40rem] space-y-3 rounded-lg border border-border px-3 pt-1 pb-3';

function ObjectControl({ id, path, field, value, errors, onChange }: Props) {
  const values = (typeof value === 'object' ? value : {}) as FormValues;
  return (
    <fieldset className={GROUP}>
      <Legend field={field} />
      <Description text={field.description} />
      {field.fields?.map((inner) => (
        <FieldControl
          key={inner.name}
          id={`${id}-${inner.name}`}
          path={`${path}.${inner.name}`}
          field={inner}
          value={values[inner.name] ?? ''}
          errors={errors}
          onChange={(next) => onChange({ ...values, [inner.name]: next })}
        />
      ))}
    </fieldset>
  );
}

function ListControl({ id, path, field, value, errors, onChange }: Props) {
  const list = Array.isArray(value) ? (value as readonly FormValue[]) : [];
  const item = field.item as Field;
  return (
    <fieldset className={GROUP}>
      <Legend field={field} />
      <Description text={field.description} />
      {list.map((element, index) => (
        <div key={index} className="flex items-end gap-2">
          <div className="min-w-0 flex-1">
            <FieldControl
              id={`${id}-${index}`}
              path={`${path}[${index}]`}
              field={{ ...item, label: `${field.label} ${index + 1}` }}
              value={element}
              errors={errors}
              onChange={(next) => onChange(list.map((old, at) => (at === index ? next : old)))}
            />
          </div>
          <Button
            size="small"
            variant="quiet"
            className="mb-1"
            aria-label={`Remove ${sanitize(field.label, 80)} ${index + 1}`}
            onClick={() => onChange(list.filter((_, at) => at !== index))}
          >
            Remove
          </Button>
        </div>
      ))}
      <Problem text={errors[path]} />
      <Button
        size="small"
        aria-label={`Add to ${sanitize(field.label, 80)}`}
        onClick={() => onChange([...list, item.initial])}
      >
        Add
      </Button>
    </fieldset>
  );
}

function SimpleControl({ id, path, field, value, errors, onChange, suggestions, onFocus }: Props) {
  const error = errors[path];
  const described = [field.description && `${id}-description`, error && `${id}-error`]
    .filter(Boolean)
    .join(' ');
  return (
    <div className="max-w-[40rem]">
      <label htmlFor={id} className="text-sm">
        <span className="font-mono wrap-anywhere">{sanitize(field.label, 120)}</span>{' '}
        <span className="text-muted-foreground">{requirement(field)}</span>
      </label>
      <Control
        id={id}
        field={field}
        value={typeof value === 'string' ? value : ''}
        onChange={onChange}
        onFocus={onFocus}
        list={suggestions ? `${id}-suggestions` : undefined}
        invalid={error !== undefined}
        describedBy={described === '' ? undefined : described}
      />
      {suggestions && (
        <datalist id={`${id}-suggestions`}>
          {suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      )}
      <Description id={`${id}-description`} text={field.description} />
      <Problem id={`${id}-error`} text={error} />
    </div>
  );
}

function Control({
  id,
  field,
  value,
  onChange,
  onFocus,
  list,
  invalid,
  describedBy,
}: {
  id: string;
  field: Field;
  value: string;
  onChange: (value: string) => void;
  onFocus: (() => void) | undefined;
  /** Id of a list of suggested values. */
  list: string | undefined;
  invalid: boolean;
  describedBy: string | undefined;
}) {
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
          {(field.kind === 'boolean' ? ['true', 'false'] : (field.choices ?? [])).map((choice, index) => (
            <option key={choice} value={choice}>
              {sanitize(field.choiceTitles?.[index] ?? choice.replace(/^"(.*)"$/, '$1'), 120)}
            </option>
          ))}
        </select>
      );
    case 'json':
    case 'long-text':
      return <textarea {...shared} rows={5} spellCheck={false} className={`${CONTROL} font-mono`} />;
    case 'number':
    case 'integer':
      return <input {...shared} inputMode="decimal" autoComplete="off" />;
    case 'date':
      return <input {...shared} type="date" />;
    default:
      return (
        <input {...shared} type="text" autoComplete="off" spellCheck={false} list={list} onFocus={onFocus} />
      );
  }
}
