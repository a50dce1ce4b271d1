'use client';

import { Dialog as Base } from '@base-ui/react/dialog';
import type { ReactElement, ReactNode } from 'react';
import { buttonClass } from './button.tsx';
import { X } from './icons.tsx';
import { BACKDROP, POPUP } from './popup-class.ts';

/** Something to read or fill in over the page. `Esc` and the backdrop close it; focus returns to `trigger`. */
export function Dialog({
  trigger,
  title,
  description,
  children,
}: {
  trigger: ReactElement;
  title: string;
  description?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Backdrop className={BACKDROP} />
        <Base.Popup className={POPUP}>
          <div className="flex items-start justify-between gap-4">
            <Base.Title className="text-base font-medium">{title}</Base.Title>
            <Base.Close className={buttonClass('quiet', 'small')} aria-label="Close">
              <X size={16} aria-hidden />
            </Base.Close>
          </div>
          {description && (
            <Base.Description className="mt-1 text-sm text-muted-foreground">{description}</Base.Description>
          )}
          <div className="mt-4">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
