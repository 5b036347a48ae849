/** OpenSSL's reason in an error's message, without its codes and places; the whole message if it is not OpenSSL's. */
export function tlsReason(message: string): string {
  const [, reason] = /error:[\dA-F]+:[^:]*:[^:]*:([^:]+)/.exec(message) ?? [];
  return reason?.trim() || message;
}
