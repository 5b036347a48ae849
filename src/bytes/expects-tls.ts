/** Words of Go's, nginx's and Apache's servers of https to whom asks them as servers of http. */
const WORDS = /HTTP (request )?to an? HTTPS (server|port)|HTTP request was sent to HTTPS/i;

/** Whether a server of https says in its answer that it was asked as one of http. */
export function expectsTls(status: number, text: string): boolean {
  return status === 400 && WORDS.test(text);
}
