/** Why local AuthKit does not start, as one line for a person. */
export class AuthkitStartError extends Error {
  readonly code = 'authkit_start';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AuthkitStartError';
  }
}
