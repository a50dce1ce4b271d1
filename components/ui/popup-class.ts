/** The classes of dialogs and menus. */
export const BACKDROP =
  'fixed inset-0 bg-overlay transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0';

export const POPUP =
  'fixed inset-x-4 top-1/2 mx-auto max-h-[calc(100dvh-2rem)] max-w-[32rem] -translate-y-1/2 overflow-y-auto rounded-lg border border-border bg-card p-6 shadow-lg outline-none transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0';

export const MENU =
  'min-w-48 rounded-lg border border-border bg-card p-1 shadow-lg outline-none transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0';

export const MENU_ITEM =
  'flex min-h-8 w-full items-center gap-2 rounded-sm px-3 py-1 text-sm outline-none select-none data-disabled:text-muted-foreground data-highlighted:bg-muted';
