import { useEffect, useState } from 'react';

/** Seconds since it appeared. Screen readers do not read it: it would interrupt them each second. */
export function Elapsed() {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const start = Date.now();
    const timer = setInterval(() => setSeconds(Math.floor((Date.now() - start) / 1000)), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <span aria-hidden className="text-muted-foreground tabular-nums">
      {seconds} s
    </span>
  );
}
