const LANES = ['Client', 'This server', 'AuthKit', 'Client’s document'];
const ARROWS: readonly { from: number; to: number; label: string; step: number }[] = [
  { from: 0, to: 1, label: 'call without a token', step: 1 },
  { from: 1, to: 0, label: '401, resource_metadata', step: 1 },
  { from: 0, to: 1, label: 'protected resource metadata', step: 2 },
  { from: 0, to: 2, label: 'authorization server metadata', step: 3 },
  { from: 0, to: 2, label: 'client_id = URL, resource, PKCE', step: 4 },
  { from: 2, to: 3, label: 'fetch and validate', step: 5 },
  { from: 2, to: 0, label: 'user approves: token for this server', step: 5 },
  { from: 0, to: 1, label: 'call with the token', step: 6 },
];

const LANE = 264;
const ROW = 34;
const TOP = 44;
const x = (lane: number) => LANE / 2 + lane * LANE;

/** The flow as a sequence diagram; the steps below describe the same messages. */
export function FlowPicture() {
  const height = TOP + ARROWS.length * ROW + 8;
  return (
    <figure className="hidden rounded-lg border border-border bg-card p-4 sm:block">
      <svg
        role="img"
        aria-label="Sequence diagram of four parties: client, this server, AuthKit, client document. The client calls the server without a token, fetches the metadata of the server and of AuthKit, and opens AuthKit in the browser with the URL of its document as client ID. AuthKit fetches the document and asks the user. The client calls the server again with a token."
        viewBox={`0 0 ${LANE * LANES.length} ${height}`}
        className="w-full text-sm"
      >
        {LANES.map((lane, index) => (
          <g key={lane}>
            <text x={x(index)} y={20} textAnchor="middle" className="fill-foreground font-medium">
              {lane}
            </text>
            <line x1={x(index)} x2={x(index)} y1={32} y2={height} className="stroke-border" />
          </g>
        ))}
        {ARROWS.map(({ from, to, label, step }, index) => {
          const y = TOP + (index + 0.6) * ROW;
          const right = to > from;
          const end = x(to) + (right ? -1 : 1);
          return (
            <g key={label}>
              <line x1={x(from)} x2={end} y1={y} y2={y} className="stroke-primary" />
              <path d={`M${end} ${y} l${right ? -7 : 7} -4 v8 z`} className="fill-primary" />
              <text
                x={(x(from) + x(to)) / 2}
                y={y - 6}
                textAnchor="middle"
                className="fill-muted-foreground stroke-card stroke-4 [paint-order:stroke]"
              >
                {step}. {label}
              </text>
            </g>
          );
        })}
      </svg>
    </figure>
  );
}
