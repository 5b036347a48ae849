/** Certificates and keys are PEM. */
export interface TlsOptions {
  /** Trusted certificate authorities, instead of Node's. */
  readonly ca?: string | Uint8Array;
  /** The client certificate and its key. */
  readonly cert?: string | Uint8Array;
  readonly key?: string | Uint8Array;
  /** Trusts any certificate. */
  readonly insecure?: boolean;
}
