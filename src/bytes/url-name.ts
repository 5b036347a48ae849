/** A URL for display: without credentials, and without the query, which may hold some. */
export function urlName({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`;
}
