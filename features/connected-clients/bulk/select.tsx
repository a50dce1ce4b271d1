import { Cell } from '#components/ui/table.tsx';
import { SelectAll } from './select-all.tsx';

/** The title of the column of boxes. */
export function SelectTitle() {
  return (
    <th scope="col" className="border-b border-border pb-2 wide:w-10 print:hidden!">
      <span className="sr-only">Selection</span>
      <SelectAll />
    </th>
  );
}

/** Selects a row that can be revoked: an app, or one connection. */
export function SelectCell({
  name,
  value,
  label,
  canRevoke,
}: {
  name: 'app' | 'id';
  value: string;
  label: string;
  canRevoke: boolean;
}) {
  if (!canRevoke) return <Cell className="narrow:hidden print:hidden!" />;
  return (
    <Cell className="absolute top-4 right-10 z-[1] wide:static wide:pr-0 print:hidden!">
      <input
        type="checkbox"
        form="selection"
        name={name}
        value={value}
        aria-label={`Select ${label}`}
        className="relative z-[1] block size-4 accent-primary"
      />
    </Cell>
  );
}
