'use client';

import { Button, buttonClass } from '#components/ui/button.tsx';
import { countOf } from '#components/ui/format.ts';
import { route } from '#lib/config/route.ts';
import { RevokeLink } from '../revoke-buttons.tsx';
import { boxes, selectAll, useSelected } from './boxes.ts';

/** What can be done with the selected rows. Without JavaScript a button of the form. */
export function SelectionBar() {
  const selected = useSelected() ?? 0;
  return (
    <form id="selection" action={route('/clients/revoke')} className="print:hidden">
      <noscript>
        <button type="submit" className={`${buttonClass('secondary', 'small')} mt-4`}>
          Revoke selected
        </button>
      </noscript>
      {selected > 0 && (
        <div className="fixed inset-x-4 bottom-4 z-10 mx-auto flex max-w-md items-center gap-3 rounded-lg border border-border bg-card py-2 pr-2 pl-4 text-sm shadow-lg">
          <span role="status" className="flex-1 tabular-nums">
            {countOf(selected, 'row')} selected
          </span>
          <Button size="small" variant="quiet" onClick={() => selectAll(false)}>
            Clear
          </Button>
          <RevokeLink client={chosen()} className={buttonClass('danger', 'small')} />
        </div>
      )}
    </form>
  );
}

function chosen() {
  const checked = boxes().filter((box) => box.checked);
  const values = (name: string) => checked.filter((box) => box.name === name).map(({ value }) => value);
  return {
    id: '',
    name: countOf(checked.length, 'selected row'),
    kind: 'client' as const,
    connections: 2,
    which: { ids: values('id'), apps: values('app'), unused: false },
  };
}
