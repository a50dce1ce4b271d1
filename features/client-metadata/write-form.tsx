import { Button } from '#components/ui/button.tsx';
import { route } from '#lib/config/route.ts';
import type { ClientMetadataForm } from './client-metadata-form.ts';
import { Field, LinesField } from './field.tsx';

/** What there is to say about a client of one's own. */
export function WriteForm({ form }: { form: ClientMetadataForm | undefined }) {
  return (
    <form action={route('/inspector/client-metadata/write#result')} aria-label="Client" className="space-y-6">
      <Field
        name="client_id"
        label="Client id"
        hint="The https URL that you will serve the document at. It should never change."
        inputMode="url"
        required
        defaultValue={form?.clientId}
        placeholder="https://client.example.com/oauth/client.json"
      />
      <Field
        name="client_name"
        label="Name"
        hint="What people see when they are asked for consent, beside your host."
        required
        maxLength={100}
        defaultValue={form?.name}
        placeholder="Example client"
      />
      <LinesField
        name="redirect_uris"
        label="Redirect URIs"
        hint="One a line: https, or http://127.0.0.1/… for a program on a person’s machine."
        required
        defaultValue={form?.redirectUris.join('\n')}
        placeholder="https://client.example.com/callback"
      />
      <Field
        name="client_uri"
        label="Home page, optional"
        inputMode="url"
        defaultValue={form?.homePage}
        placeholder="https://client.example.com/"
      />
      <Field
        name="logo_uri"
        label="Logo, optional"
        hint="PNG, JPEG, WebP or GIF. Many servers show no SVG."
        inputMode="url"
        defaultValue={form?.logo}
        placeholder="https://client.example.com/logo.png"
      />
      <Field
        name="jwks_uri"
        label="Public keys, optional"
        hint="The URL of a JWK Set. With one, the client proves itself by private_key_jwt; without, it is a public client."
        inputMode="url"
        defaultValue={form?.jwksUri}
        placeholder="https://client.example.com/oauth/jwks.json"
      />
      <Button type="submit" variant="primary">
        Write document
      </Button>
    </form>
  );
}
