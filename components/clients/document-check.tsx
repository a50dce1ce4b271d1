import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import { CodeBlock } from '#components/code-block.tsx';
import type { ClientMetadataReading, Rule } from '#lib/oauth/client-metadata-document.ts';

const OUTCOMES = {
  pass: { says: 'Passed', icon: CircleCheck, look: 'text-ok' },
  warning: { says: 'Warning', icon: TriangleAlert, look: 'text-warn' },
  fail: { says: 'Failed', icon: CircleAlert, look: 'text-bad' },
} as const;

/** What a client's metadata document was checked for; what passed is folded away. */
export function DocumentCheck({ reading }: { reading: ClientMetadataReading }) {
  const passed = reading.rules.filter((rule) => rule.outcome === 'pass');
  const others = reading.rules.filter((rule) => rule.outcome !== 'pass');
  return (
    <div className="text-small">
      <Rules rules={others} />
      <details>
        <summary className="py-1 text-muted hover:text-ink">
          {passed.length} of {reading.rules.length} checks of its metadata document passed
        </summary>
        <Rules rules={passed} />
      </details>
    </div>
  );
}

function Rules({ rules }: { rules: readonly Rule[] }) {
  return (
    <ul>
      {rules.map((rule) => {
        const { says, icon: Icon, look } = OUTCOMES[rule.outcome];
        return (
          <li key={rule.id} className="flex gap-2 py-1">
            <Icon size={16} aria-hidden className={`mt-0.5 shrink-0 ${look}`} />
            <div className="min-w-0">
              <p>
                <span className="sr-only">{says}: </span>
                {rule.title}
              </p>
              <p className="wrap-anywhere text-muted">
                {rule.seen}
                {rule.seen && ' · '}
                {rule.section}
              </p>
            </div>
          </li>
        );
      })}
    </ul>
  );
}

/** The document as it was served. */
export function DocumentSource({ reading }: { reading: ClientMetadataReading }) {
  if (reading.document === undefined)
    return <p className="text-small text-muted">There is no document to show: see the checks above.</p>;
  return <CodeBlock title={reading.clientId} code={JSON.stringify(reading.document, null, 2)} />;
}
