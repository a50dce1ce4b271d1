/**
 * One bar per day as SVG, rendered on the server.
 *
 * @param props.values - oldest first, not negative
 * @param props.label - text alternative: "214 calls in 30 days, at most 40 per day"
 */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  const width = values.length * 4 - 1;
  const peak = Math.max(1, ...values);
  const bars = (of: (value: number) => boolean) =>
    values
      .flatMap((value, day) => {
        const height = value === 0 ? 1 : Math.max(2, Math.round((value / peak) * 24));
        return of(value) ? [`M${day * 4} 24v-${height}h3v${height}z`] : [];
      })
      .join('');
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} 24`}
      width={width}
      height={24}
      className="block max-w-full"
    >
      <path d={bars((value) => value === 0)} className="fill-input" />
      <path d={bars((value) => value > 0)} className="fill-primary" />
    </svg>
  );
}
