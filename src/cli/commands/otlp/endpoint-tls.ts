import type { TlsOptions } from "../../../bytes/tls-options.js";
import { readTlsFiles, type TlsFile } from "../../connection/tls-files.js";
import { type LiveOptions, tlsFilesOf } from "../../options/capture.js";
import { variable } from "./environment.js";

/**
 * The certificates and the key that the options name, and where they do not, the environment variables.
 * @throws Failure if they cannot be used
 */
export function tlsOf(options: LiveOptions, environment: NodeJS.ProcessEnv): Promise<TlsOptions> {
  const { ca, cert, key } = tlsFilesOf(options);
  const [certificate, secret] = ["CLIENT_CERTIFICATE", "CLIENT_KEY"] as const;
  return readTlsFiles(
    {
      ca: ca ?? fileOf("CERTIFICATE", environment),
      cert: cert ?? fileOf(certificate, environment),
      key: key ?? fileOf(secret, environment),
      insecure: options.insecure,
    },
    `--cert and --key (${variable(certificate, environment)[0]} and ${variable(secret, environment)[0]}) belong together`,
  );
}

function fileOf(name: string, environment: NodeJS.ProcessEnv): TlsFile | undefined {
  const [option, path] = variable(name, environment);
  return path === undefined ? undefined : { option, path };
}
