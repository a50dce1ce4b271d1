'use client';

import { Toast as Base } from '@base-ui/react/toast';
import { useEffect, useRef } from 'react';
import { buttonClass } from './button.tsx';
import { cn } from './cn.ts';

type Message = {
  tone?: 'ok' | 'warn' | 'bad';
  text: string;
  /** A button beside the text, which also closes the toast. */
  action?: { label: string; run: () => void };
  /** How long it is shown; 10 seconds by default. */
  durationMs?: number;
};

const manager = Base.createToastManager();
const TONES = { ok: '', warn: 'text-warning', bad: 'text-destructive' };

/** Shows a message in the viewport. It needs a {@link Toaster} on the page. */
export function toast({ tone = 'ok', text, action, durationMs = 10_000 }: Message): void {
  const id = manager.add({
    title: text,
    type: tone,
    timeout: durationMs,
    ...(action && {
      actionProps: {
        children: action.label,
        onClick: () => {
          manager.close(id);
          action.run();
        },
      },
    }),
  });
}

/** The place of toasts, at the lower edge of the viewport. `F6` moves the focus to it. */
export function Toaster() {
  const main = useRef<HTMLElement | null>(null);
  useEffect(() => {
    main.current = document.getElementById('content');
  }, []);
  return (
    <Base.Provider toastManager={manager} limit={3}>
      <Base.Portal container={main}>
        <Base.Viewport className="fixed inset-x-4 bottom-4 z-20 flex flex-col gap-2 outline-none sm:left-auto sm:w-[26rem] print:hidden">
          <Toasts />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function Toasts() {
  return Base.useToastManager().toasts.map((item) => (
    <Base.Root
      key={item.id}
      toast={item}
      className="rounded-lg border border-border bg-card shadow-lg transition-opacity data-ending-style:opacity-0 data-limited:hidden data-starting-style:opacity-0"
    >
      <Base.Content className="flex items-center gap-3 py-3 pr-3 pl-4 text-sm">
        <Base.Title
          render={<p />}
          className={cn('min-w-0 flex-1 wrap-anywhere', TONES[item.type as keyof typeof TONES])}
        />
        <Base.Action className={buttonClass('secondary', 'small')} />
        <Base.Close className={buttonClass('quiet', 'small')}>Close</Base.Close>
      </Base.Content>
    </Base.Root>
  ));
}
