'use client';

import { useSyncExternalStore } from 'react';

/** The boxes of the selection. The browser keeps whether they are checked, also without JavaScript. */
export const boxes = (): HTMLInputElement[] => [
  ...document.querySelectorAll<HTMLInputElement>('input[type=checkbox][form=selection]'),
];

/** How many rows are selected; undefined on the server. */
export function useSelected(): number | undefined {
  return useSyncExternalStore(
    (listener) => {
      document.addEventListener('change', listener);
      return () => document.removeEventListener('change', listener);
    },
    () => boxes().filter(({ checked }) => checked).length,
    () => undefined,
  );
}

/** Checks or clears every box. */
export function selectAll(checked: boolean): void {
  for (const box of boxes()) box.checked = checked;
  document.dispatchEvent(new Event('change'));
}
