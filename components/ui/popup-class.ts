/** The looks that everything above the page shares. */
export const BACKDROP =
  'fixed inset-0 bg-scrim transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0';

export const POPUP =
  'fixed inset-x-4 top-1/2 mx-auto max-h-[calc(100dvh-2rem)] max-w-[32rem] -translate-y-1/2 overflow-y-auto rounded-box border border-line bg-surface p-6 shadow-raised outline-none transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0';

export const MENU =
  'min-w-48 rounded-box border border-line bg-surface p-1 shadow-raised outline-none transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0';

export const MENU_ITEM =
  'flex min-h-8 w-full items-center gap-2 rounded-small px-3 py-1 text-small outline-none select-none data-disabled:text-muted data-highlighted:bg-sunken';
