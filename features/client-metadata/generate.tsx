import type { ComponentProps } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { FindingList } from '#components/ui/finding-list.tsx';
import { Link } from '#components/ui/link.tsx';
import { hasError } from '#lib/checks/finding.ts';
import { escapeInvisible } from '#lib/text/sanitize.ts';
import { type DocumentForm, generateDocument } from './document-form.ts';
import { GENERATE_PATH, validationPath } from './page-links.tsx';

/** The form with the fields of a client metadata document. */
export function GenerateForm({ form }: { form: DocumentForm | undefined }) {
  return (
    <form action={`${GENERATE_PATH}#result`} aria-label="Client" className="space-y-6">
      <Field
        name="client_id"
        label="Client ID"
        hint="The https URL at which you will serve the document. It should never change."
        inputMode="url"
        required
        defaultValue={form?.clientId}
        placeholder="https://client.example.com/oauth/client.json"
      />
      <Field
        name="client_name"
        label="Name"
        hint="Shown on the consent page, beside your host."
        required
        maxLength={100}
        defaultValue={form?.name}
        placeholder="Example client"
      />
      <Field
        name="redirect_uris"
        label="Redirect URIs"
        hint="One per line: https, or http://127.0.0.1/… for a program on the user’s computer."
        rows={3}
        required
        defaultValue={form?.redirectUris.join('\n')}
        placeholder="https://client.example.com/callback"
      />
      <Field
        name="client_uri"
        label="Home page (optional)"
        inputMode="url"
        defaultValue={form?.homePage}
        placeholder="https://client.example.com/"
      />
      <Field
        name="logo_uri"
        label="Logo (optional)"
        hint="PNG, JPEG, WebP or GIF. Many servers do not show SVG."
        inputMode="url"
        defaultValue={form?.logo}
        placeholder="https://client.example.com/logo.png"
      />
      <Field
        name="jwks_uri"
        label="Public keys (optional)"
        hint="The URL of a JWK Set. With it, the client authenticates with private_key_jwt; without it, it is a public client."
        inputMode="url"
        defaultValue={form?.jwksUri}
        placeholder="https://client.example.com/oauth/jwks.json"
      />
      <Button type="submit" variant="primary">
        Generate
      </Button>
    </form>
  );
}

type FieldProps = { name: string; label: string; hint?: string };

/** A labelled input with a hint; with `rows` a textarea. */
function Field({
  name,
  label,
  hint,
  rows,
  ...props
}: FieldProps & { rows?: number } & Pick<
    ComponentProps<'input'>,
    'defaultValue' | 'inputMode' | 'maxLength' | 'placeholder' | 'required'
  >) {
  const common = {
    ...props,
    id: name,
    name,
    'aria-describedby': hint && `${name}-hint`,
    spellCheck: false,
    autoComplete: 'off',
    className:
      'mt-1 min-h-10 w-full min-w-0 rounded-lg border border-input bg-card px-4 py-2 font-mono text-base',
  };
  return (
    <div>
      <label htmlFor={name} className="text-sm font-medium">
        {label}
      </label>
      {hint && (
        <p id={`${name}-hint`} className="text-sm text-muted-foreground">
          {hint}
        </p>
      )}
      {rows === undefined ? <input {...common} /> : <textarea {...common} rows={rows} />}
    </div>
  );
}

const EXAMPLE: DocumentForm = {
  clientId: 'https://client.example.com/oauth/client.json',
  name: 'Example client',
  homePage: 'https://client.example.com/',
  logo: 'https://client.example.com/logo.png',
  redirectUris: ['https://client.example.com/callback'],
  jwksUri: '',
};

/** The generated document with its findings; an example before the form is filled in. */
export function GeneratedDocument({ form }: { form: DocumentForm | undefined }) {
  if (form === undefined)
    return (
      <CodeBlock title="Example" code={escapeInvisible(generateDocument(EXAMPLE).document)} copy={false} />
    );
  const { document, findings } = generateDocument(form);
  const invalid = hasError(findings);
  return (
    <div className="space-y-6">
      {invalid ? (
        <Callout tone="bad" title="Authorization servers would reject this document" live>
          <p>Fix the errors below and generate again.</p>
        </Callout>
      ) : (
        <Callout tone="ok" title="This document is valid" live>
          <p>
            Serve it at exactly its client ID, with status 200 and content-type application/json, without a
            redirect or bot protection. Then{' '}
            <Link href={validationPath(form.clientId)} className="link">
              validate it there
            </Link>
            .
          </p>
        </Callout>
      )}
      {invalid && <FindingList findings={findings} />}
      <CodeBlock title="client.json" code={escapeInvisible(document)} copy={!invalid} />
      {!invalid && <FindingList findings={findings} />}
    </div>
  );
}
