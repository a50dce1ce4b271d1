'use client';

import { Monitor, Moon, Sun } from 'lucide-react';
import { useState } from 'react';
import { classNames } from './class-names.ts';

const THEMES = [
  { value: 'system', label: 'System', icon: Monitor },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
] as const;

type Theme = (typeof THEMES)[number]['value'];

/** Light, dark or as the system has it. A form, so that it works before or without JavaScript. */
export function ThemeSwitch({ initial }: { initial: Theme }) {
  const [theme, setTheme] = useState<Theme>(initial);

  function choose(value: Theme) {
    setTheme(value);
    if (value === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = value;
    const body = new FormData();
    body.set('theme', value);
    void fetch('/theme', { method: 'POST', body, redirect: 'manual' });
  }

  return (
    <form method="post" action="/theme" className="flex items-center gap-1" aria-label="Theme">
      {THEMES.map(({ value, label, icon: Icon }) => (
        <button
          key={value}
          type="submit"
          name="theme"
          value={value}
          aria-pressed={theme === value}
          onClick={(event) => {
            event.preventDefault();
            choose(value);
          }}
          className={classNames(
            'inline-flex min-h-8 items-center gap-1.5 rounded-small px-2 text-small hover:text-ink',
            theme === value ? 'bg-sunken text-ink' : 'text-muted',
          )}
        >
          <Icon size={16} aria-hidden />
          {label}
        </button>
      ))}
    </form>
  );
}
