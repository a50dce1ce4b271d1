const PROBLEMS = [
  {
    name: 'Abuse',
    text: 'An open registration endpoint takes thousands of clients from anyone. Rate limits slow strangers down; they do not stop letting them in.',
  },
  {
    name: 'SSRF by design',
    text: 'A registration carries URLs (a logo, keys) that the authorization server then fetches. A stranger chooses them, and internal services come within reach.',
  },
  {
    name: 'Impersonation',
    text: 'Anybody can register as a well-known assistant. People see a familiar name and approve; afterwards nobody can tell which rows are real.',
  },
  {
    name: 'Exhaustion',
    text: 'Every registration writes rows, and perhaps secrets, that nobody ever cleans up.',
  },
];

/** Why clients stopped registering themselves. */
export function RegistrationStory() {
  return (
    <section aria-labelledby="registration" className="mt-16 max-w-[65ch] space-y-4">
      <h2 id="registration" className="text-base">
        Why not just let clients register?
      </h2>
      <p>
        At first, people shared a server&apos;s URL and configured credentials by hand. When OAuth came to MCP
        in March 2025, the answer to &ldquo;which client is this?&rdquo; was Dynamic Client Registration (DCR,
        RFC 7591): every client registers itself and is given credentials. It made four problems.
      </p>
      <dl className="space-y-3">
        {PROBLEMS.map(({ name, text }) => (
          <div key={name}>
            <dt className="font-medium">{name}</dt>
            <dd className="text-muted-foreground">{text}</dd>
          </div>
        ))}
      </dl>
      <p>
        So identity providers keep it off, and registering each client by hand ends interoperability. In June
        2025 protected resource metadata gave the server a way to name its authorization server. In November
        2025 the Client ID Metadata Document turned trust round: the client says who it is at a host that it
        controls, and the authorization server reads it there. No endpoint to flood, no row to write, no
        secret to leak, and a host that a person can recognise. The July 2026 revision of MCP deprecates DCR;
        it stays on at AuthKit, where you choose, for old clients only, and never here.
      </p>
      <p>
        One of the four remains in part: fetching a stranger&apos;s URL must be guarded. This server does it
        in <code>lib/guarded-fetch/guarded-fetch.ts</code>, for every URL that somebody else chose.
      </p>
    </section>
  );
}
