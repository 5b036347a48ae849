import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import type { TlsOptions } from "../../bytes/tls-options.js";
import { Failure, isSystemError, systemMessage, usageFailure } from "../process/failure.js";

/** A file, with the option or variable that names it. */
export interface TlsFile {
  readonly option: string;
  readonly path: string;
}

/** Files of certificates and keys, in PEM. */
export interface TlsFiles {
  readonly ca?: TlsFile | undefined;
  readonly cert?: TlsFile | undefined;
  readonly key?: TlsFile | undefined;
  readonly insecure?: boolean | undefined;
}

/** What is wrong with a file, and advice, by OpenSSL's code. */
const UNUSABLE: Readonly<Record<string, readonly [string, string?]>> = {
  ERR_OSSL_PEM_NO_START_LINE: ["it has no certificate"],
  ERR_OSSL_PEM_BAD_BASE64_DECODE: ["it is damaged"],
  ERR_OSSL_UNSUPPORTED: ["it has no usable key"],
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: ["it is not the key of the certificate"],
  ERR_OSSL_BAD_DECRYPT: ["the key is encrypted", "openssl pkey -in FILE decrypts it."],
};

/** The files that the options name. */
export function tlsFilesOf({
  ca,
  cert,
  key,
  insecure,
}: Readonly<Partial<Record<"ca" | "cert" | "key", string>> & { insecure?: boolean }>): TlsFiles {
  const file = (option: string, path: string | undefined) =>
    path === undefined ? undefined : { option, path };
  return { ca: file("--ca", ca), cert: file("--cert", cert), key: file("--key", key), insecure };
}

/**
 * Reads the certificates and the key, and checks that they are usable.
 * @param belong the message if the client certificate comes without its key, or the key without its
 *   certificate
 * @throws Failure that names the file
 */
export async function readTlsFiles(files: TlsFiles, belong: string): Promise<TlsOptions> {
  const { ca, cert, key, insecure } = files;
  if ((cert === undefined) !== (key === undefined)) {
    throw usageFailure(belong, "Give both. They may be the same file.");
  }
  const authority = await read(ca, (text) => new X509Certificate(text));
  const certificate = await read(cert, (text) => createSecureContext({ cert: text }));
  const secret = await read(key, (text) => createSecureContext({ cert: certificate, key: text }));
  return {
    ...(authority !== undefined && { ca: authority }),
    ...(certificate !== undefined && { cert: certificate }),
    ...(secret !== undefined && { key: secret }),
    ...(insecure !== undefined && { insecure }),
  };
}

/** @param use throws if the text is not usable */
async function read(file: TlsFile | undefined, use: (text: string) => unknown): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const text = await readPem(file);
  try {
    use(text);
    return text;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const [reason, advice] = UNUSABLE[code] ?? [error instanceof Error ? error.message : code];
    throw new Failure(`cannot use ${file.path} as ${file.option}: ${reason}`, advice, { cause: error });
  }
}

async function readPem({ option, path }: TlsFile): Promise<string> {
  try {
    const text = await readFile(path, "latin1");
    if (text.includes("-----BEGIN ")) return text;
    throw new Failure(`cannot use ${path} as ${option}: it is not PEM`, "PEM begins with -----BEGIN.");
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new Failure(`cannot read ${path} for ${option}: ${systemMessage(error)}`, undefined, {
      cause: error,
    });
  }
}
