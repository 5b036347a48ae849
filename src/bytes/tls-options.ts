/** Certificates and keys are PEM. */
export interface TlsOptions {
  /** Who may have signed the server's certificate, instead of those that Node knows. */
  readonly ca?: string | Uint8Array;
  /** The client's certificate, and its key. */
  readonly cert?: string | Uint8Array;
  readonly key?: string | Uint8Array;
  /** Trusts any certificate. */
  readonly insecure?: boolean;
}
