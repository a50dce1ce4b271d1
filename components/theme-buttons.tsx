'use client';

import { type ReactNode, useState } from 'react';

const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

/** The buttons of the theme form; with JavaScript they change the page in place. */
export function ThemeButtons({ initial, labels }: { initial: Theme; labels: Record<Theme, ReactNode> }) {
  const [theme, setTheme] = useState<Theme>(initial);

  function choose(value: Theme) {
    setTheme(value);
    if (value === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = value;
    const body = new FormData();
    body.set('theme', value);
    void fetch('/theme', { method: 'POST', body, redirect: 'manual' });
  }

  return THEMES.map((value) => (
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
      className="inline-flex min-h-8 items-center gap-1.5 rounded-small px-2 text-small text-muted hover:text-ink aria-pressed:bg-sunken aria-pressed:text-ink"
    >
      {labels[value]}
    </button>
  ));
}
