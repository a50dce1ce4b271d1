'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { route } from '#lib/config/route.ts';
import { type ListQuery, listHref } from '../search-params.ts';

const PAUSE_MS = 250;

/** Searches while the person types; a plain form without JavaScript. `/` moves the focus to it. */
export function SearchForm({ query }: { query: ListQuery }) {
  const router = useRouter();
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    function focus(event: KeyboardEvent) {
      const typing = event.target instanceof HTMLElement && event.target.closest('input, textarea, [role]');
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      input.current?.focus();
    }
    document.addEventListener('keydown', focus);
    return () => {
      document.removeEventListener('keydown', focus);
      clearTimeout(timer.current);
    };
  }, []);

  function search() {
    clearTimeout(timer.current);
    router.replace(listHref(query, { search: input.current?.value.trim() ?? '' }), { scroll: false });
  }

  return (
    <search>
      <form
        action={route('/clients')}
        onSubmit={(event) => {
          event.preventDefault();
          search();
        }}
      >
        {query.show !== 'active' && <input type="hidden" name="show" value={query.show} />}
        {query.sort !== 'lastUsed' && <input type="hidden" name="sort" value={query.sort} />}
        {query.reverse && <input type="hidden" name="order" value="reverse" />}
        <input
          ref={input}
          type="search"
          name="q"
          defaultValue={query.search}
          maxLength={100}
          aria-label="Search by host, name or software"
          aria-keyshortcuts="/"
          placeholder="Search apps"
          onChange={() => {
            clearTimeout(timer.current);
            timer.current = setTimeout(search, PAUSE_MS);
          }}
          className="min-h-8 w-56 min-w-0 rounded-lg border border-input bg-card px-3 text-sm placeholder:text-muted-foreground"
        />
      </form>
    </search>
  );
}
