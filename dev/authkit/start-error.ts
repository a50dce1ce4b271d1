/** The reason why local AuthKit does not start, in one line. */
export class AuthkitStartError extends Error {
  readonly code = 'authkit_start';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AuthkitStartError';
  }
}
