import { useEffect, useRef, useState } from 'react';
import { sanitize } from '#lib/text/sanitize.ts';
import { asTexts } from './calls.ts';
import type { Arguments } from './field.ts';

/** Asks a server for values of an argument; resolves with undefined when it has none or was aborted. */
export type Suggest = (
  argument: { name: string; value: string },
  /** What is entered in the other fields. */
  known: Record<string, string>,
  signal: AbortSignal,
) => Promise<readonly string[] | undefined>;

const WAIT_MS = 250;
const MAX_SHOWN = 100;

/**
 * Values that a server suggests for the fields of a form (completion/complete), by the name of the field. A field is
 * asked for when it gets the focus and a quarter of a second after it was edited; the newest question counts.
 */
export function useSuggestions(suggest: Suggest | undefined) {
  const [values, setValues] = useState<Readonly<Record<string, readonly string[]>>>({});
  const asking = useRef<{ timer: ReturnType<typeof setTimeout>; abort: AbortController }>(undefined);

  function stop() {
    clearTimeout(asking.current?.timer);
    asking.current?.abort.abort();
  }
  useEffect(() => stop, []);

  function ask(name: string, value: string, form: Arguments) {
    if (!suggest) return;
    stop();
    const abort = new AbortController();
    const { [name]: _, ...others } = asTexts(form);
    const timer = setTimeout(async () => {
      const found = await suggest({ name, value }, others, abort.signal);
      if (abort.signal.aborted || !found) return;
      // An option that would be shown in another form than it is sent is left out.
      const shown = found.slice(0, MAX_SHOWN).filter((option) => sanitize(option, 500) === option);
      setValues((now) => ({ ...now, [name]: shown }));
    }, WAIT_MS);
    asking.current = { timer, abort };
  }

  return { suggestions: values, ask };
}
