/** A form field for an argument of a tool or a prompt, or for a value that a server asks for. */
export type Field = {
  name: string;
  label: string;
  description?: string | undefined;
  kind:
    | 'text'
    | 'long-text'
    | 'date'
    | 'number'
    | 'integer'
    | 'boolean'
    | 'choice'
    | 'json'
    | 'object'
    | 'list';
  required: boolean;
  /** Values of a `choice` as JSON, in order. */
  choices?: readonly string[] | undefined;
  /** Names of the choices, in the same order. */
  choiceTitles?: readonly string[] | undefined;
  initial: FormValue;
  minimum?: number | undefined;
  maximum?: number | undefined;
  /** Of an `object`. */
  fields?: readonly Field[] | undefined;
  /** Of each element of a `list`. */
  item?: Field | undefined;
};

/** What a form holds: the text of a control, the elements of a list, or the fields of an object. */
export type FormValue = string | readonly FormValue[] | { readonly [name: string]: FormValue };
export type FormValues = Readonly<Record<string, FormValue>>;

export type Arguments = Record<string, unknown>;
