'use client';

import { type MouseEvent, useState } from 'react';
import { type Icon, Monitor, Moon, Sun } from '#components/ui/icons.tsx';
import { route } from '#lib/config/route.ts';

type Theme = 'system' | 'light' | 'dark';

const THEMES: readonly { value: Theme; label: string; icon: Icon }[] = [
  { value: 'system', label: 'System', icon: Monitor },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
];

/** Chooses the theme: in place, so that nothing on the page is lost, or as a plain form without JavaScript. */
export function ThemeSwitch({ chosen, returnTo }: { chosen: Theme; returnTo: string }) {
  const [theme, setTheme] = useState(chosen);

  function choose(event: MouseEvent<HTMLButtonElement>, value: Theme) {
    event.preventDefault();
    const { dataset } = document.documentElement;
    if (value === 'system') delete dataset.theme;
    else dataset.theme = value;
    setTheme(value);
    // Offline the choice holds for this page.
    fetch(event.currentTarget.formAction, { method: 'POST', keepalive: true }).catch(() => undefined);
  }

  return (
    <form method="post" aria-label="Theme" className="flex gap-1">
      {THEMES.map(({ value, label, icon: Icon }) => (
        <button
          key={value}
          type="submit"
          formAction={route(`/theme?${new URLSearchParams({ theme: value, returnTo })}`)}
          onClick={(event) => choose(event, value)}
          aria-pressed={theme === value}
          className="inline-flex min-h-8 flex-1 items-center justify-center gap-1.5 rounded-sm px-2 text-sm text-muted-foreground hover:text-foreground aria-pressed:bg-muted aria-pressed:text-foreground"
        >
          <Icon aria-hidden />
          {label}
        </button>
      ))}
    </form>
  );
}
