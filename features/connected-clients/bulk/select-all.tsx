'use client';

import { boxes, selectAll, useSelected } from './boxes.ts';

/** Selects every row of the page. Shown when there is JavaScript. */
export function SelectAll() {
  const selected = useSelected();
  if (selected === undefined || boxes().length === 0) return null;
  return (
    <input
      type="checkbox"
      checked={selected > 0 && selected === boxes().length}
      onChange={(event) => selectAll(event.target.checked)}
      aria-label="Select all on this page"
      className="ml-3 block size-4 accent-primary"
    />
  );
}
