import { useEffect, useState } from 'react';

/**
 * Seconds since a time (milliseconds since the epoch), or since it appeared. Screen readers do not read it: it would
 * interrupt them each second.
 */
export function Elapsed({ since }: { since?: number }) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const start = since ?? Date.now();
    const timer = setInterval(() => setSeconds(Math.floor((Date.now() - start) / 1000)), 1000);
    return () => clearInterval(timer);
  }, [since]);
  return (
    <span aria-hidden className="text-muted-foreground tabular-nums">
      {seconds} s
    </span>
  );
}
