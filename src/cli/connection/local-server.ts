import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** The address that only this machine reaches. */
const HOST = "127.0.0.1";

/** Makes a server listen, for this machine only. @param port 0 for a free one @throws the system's error, such as EADDRINUSE */
export function listenLocally(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Host and port of a server that listens, as in a Host header. */
export function localHost(server: Server): string {
  return `${HOST}:${(server.address() as AddressInfo).port}`;
}
