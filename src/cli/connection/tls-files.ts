import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import type { TlsOptions } from "../../bytes/tls-options.js";
import { systemMessage } from "../input/input.js";
import { ExitCode } from "../process/exit-codes.js";
import { Failure, isSystemError } from "../process/failure.js";

/** A file, and the option or variable that names it. */
export interface TlsFile {
  readonly option: string;
  readonly path: string;
}

/** Where certificates and keys are, all of them PEM. */
export interface TlsFiles {
  readonly ca?: TlsFile | undefined;
  readonly cert?: TlsFile | undefined;
  readonly key?: TlsFile | undefined;
  readonly insecure?: boolean | undefined;
}

/** By OpenSSL's code: what is wrong with a file, and what to do about it. */
const UNUSABLE: Readonly<Record<string, readonly [string, string?]>> = {
  ERR_OSSL_PEM_NO_START_LINE: ["there is no certificate in it"],
  ERR_OSSL_PEM_BAD_BASE64_DECODE: ["it is damaged"],
  ERR_OSSL_UNSUPPORTED: ["there is no key in it that can be used"],
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: ["it is not the key of the certificate"],
  ERR_OSSL_BAD_DECRYPT: ["the key is encrypted", "openssl pkey -in FILE decrypts it."],
};

/**
 * Reads certificates and the key, and sees whether they can be used.
 * @param belong what is said where the client's certificate comes without its key, or the other way round
 * @throws Failure that names the file
 */
export async function readTlsFiles(files: TlsFiles, belong: string): Promise<TlsOptions> {
  const { ca, cert, key, insecure } = files;
  if ((cert === undefined) !== (key === undefined)) {
    throw new Failure(belong, "Give both; they may be the same file.", { exitCode: ExitCode.Usage });
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

/** @param use throws if the text cannot be used */
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
