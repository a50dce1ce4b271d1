/** What revoking one client does, and when. */
export function RevocationText({ kind }: { kind: 'client' | 'session' }) {
  return (
    <ul className="list-disc space-y-1 pl-5">
      <li>Its very next call to this server is refused; on other instances within one second.</li>
      {kind === 'client' ? (
        <li>Its grant at AuthKit is deleted, so its refresh token is dead too.</li>
      ) : (
        <li>
          Its tokens name no client, so no grant can be matched to it; this consent stays refused for good.
        </li>
      )}
      <li>What it did so far is not undone, and its activity stays listed here.</li>
      <li>It can come back only by asking you for consent again.</li>
    </ul>
  );
}
