/** What a connection says about a client with a metadata document. */
export const row = {
  kind: 'client',
  clientId: 'https://app.example/client.json',
  host: 'app.example',
  name: 'App',
  state: 'active',
  redirectUris: [] as string[],
  dynamicallyRegistered: undefined as boolean | undefined,
} as const;
