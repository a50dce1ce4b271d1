import { Callout } from '#components/ui/callout.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { Link } from '#components/ui/link.tsx';
import { RuleList } from '#components/ui/rule-list.tsx';
import { escapeInvisible } from '#lib/text/sanitize.ts';
import { type ClientMetadataForm, writeClientMetadata } from './client-metadata-form.ts';

const EXAMPLE: ClientMetadataForm = {
  clientId: 'https://client.example.com/oauth/client.json',
  name: 'Example client',
  homePage: 'https://client.example.com/',
  logo: 'https://client.example.com/logo.png',
  redirectUris: ['https://client.example.com/callback'],
  jwksUri: '',
};

/** The document for a filled-in form and what is wrong with it; an example before that. */
export function Written({ form }: { form: ClientMetadataForm | undefined }) {
  if (form === undefined)
    return (
      <CodeBlock title="Example" code={escapeInvisible(writeClientMetadata(EXAMPLE).document)} copy={false} />
    );
  const { document, rules } = writeClientMetadata(form);
  const failed = rules.some(({ outcome }) => outcome === 'fail');
  return (
    <div className="space-y-6">
      {failed ? (
        <Callout tone="bad" title="Authorization servers would refuse this document" live>
          <p>Change what is named below and write it again.</p>
        </Callout>
      ) : (
        <Callout tone="ok" title="This document follows the rules" live>
          <p>
            Serve it at exactly its client id, with status 200, without a redirect, as application/json, and
            no bot protection in front. Then{' '}
            <Link
              href={`/inspector/client-metadata?client_id=${encodeURIComponent(form.clientId)}`}
              className="link"
            >
              check it there
            </Link>
            .
          </p>
        </Callout>
      )}
      {failed && <RuleList rules={rules} />}
      <CodeBlock title="client.json" code={escapeInvisible(document)} copy={!failed} />
      {!failed && <RuleList rules={rules} />}
    </div>
  );
}
