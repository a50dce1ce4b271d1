import { LabelForm } from './label-form.tsx';
import { MAX_LABEL_LENGTH } from './set-label.ts';

/** The person's own name for a connection, beside the name of its client. */
export function Label({ text }: { text: string | undefined }) {
  if (text === undefined) return null;
  return <span className="font-normal wrap-anywhere text-muted-foreground"> {text}</span>;
}

/** The own name of a connection, with the form that changes it. */
export function EditableLabel({ id, text }: { id: string; text: string | undefined }) {
  return (
    <details className="-mt-4 mb-6 text-sm">
      <summary className="flex w-fit cursor-pointer flex-wrap gap-x-2 text-muted-foreground">
        {text !== undefined && <span className="wrap-anywhere text-foreground">{text}</span>}
        <span className="link print:hidden">{text === undefined ? 'Add your own name' : 'Rename'}</span>
      </summary>
      <LabelForm id={id} label={text ?? ''} maxLength={MAX_LABEL_LENGTH} />
    </details>
  );
}
