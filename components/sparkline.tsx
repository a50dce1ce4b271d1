/**
 * One bar a day, drawn on the server.
 *
 * @param props.values - oldest first, none negative
 * @param props.label - what it shows, in words: "214 calls in 30 days, most in one day 40"
 */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  const width = values.length * 4 - 1;
  const most = Math.max(1, ...values);
  const bars = values.map((value, day) => ({
    x: day * 4,
    height: value === 0 ? 1 : Math.max(2, (value / most) * 24),
    look: value === 0 ? 'fill-control' : 'fill-accent',
  }));
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} 24`}
      width={width}
      height={24}
      className="block max-w-full"
    >
      {bars.map((bar) => (
        <rect key={bar.x} x={bar.x} y={24 - bar.height} width={3} height={bar.height} className={bar.look} />
      ))}
    </svg>
  );
}
