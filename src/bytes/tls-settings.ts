import type { TlsOptions } from "./tls-options.js";

/** TLS options under the names of `node:tls`. */
export interface TlsSettings {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly rejectUnauthorized: boolean;
}

export function tlsSettings({ ca, cert, key, insecure }: TlsOptions = {}): TlsSettings {
  const pem = (value: string | Uint8Array | undefined) =>
    typeof value === "object" ? new TextDecoder().decode(value) : value;
  return { ca: pem(ca), cert: pem(cert), key: pem(key), rejectUnauthorized: !insecure };
}
