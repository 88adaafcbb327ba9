/**
 * The certificate of the listeners: read from its files at the start and again when an operator asks for it. What was
 * read is tried before anybody uses it, so a listener never holds a pair that no handshake can be made with.
 */

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';

/** The settings `tls.*`. */
export interface TlsFiles {
  readonly certfile: string;
  readonly keyfile: string;
  readonly keyfilePassphrase: string | null;
  /** Null: clients need no certificate. */
  readonly clientCaCert: string | null;
}

/** A certificate that handshakes can be made with. */
export interface TlsMaterial {
  readonly options: SecureContextOptions;
  readonly clientsNeedCertificate: boolean;
  /** Unix milliseconds. */
  readonly expiresAtMs: number;
}

/** The files cannot be read or do not belong together; the message names the setting and holds nothing of the key. */
export class TlsUnusable extends Error {
  override readonly name = 'TlsUnusable';
}

/** Throws TlsUnusable. */
export function readTls(files: TlsFiles): TlsMaterial {
  const { certfile, keyfile, keyfilePassphrase, clientCaCert } = files;
  const cert = contentOf('tls.certfile', certfile);
  const ca = clientCaCert === null ? undefined : contentOf('tls.client_ca_cert', clientCaCert);
  if (ca !== undefined) certificateIn('tls.client_ca_cert', clientCaCert ?? '', ca);
  const options: SecureContextOptions = {
    cert,
    ca,
    key: contentOf('tls.keyfile', keyfile),
    passphrase: keyfilePassphrase ?? undefined,
    minVersion: 'TLSv1.2',
  };
  const { validTo } = certificateIn('tls.certfile', certfile, cert);
  try {
    createSecureContext(options);
  } catch (error) {
    throw new TlsUnusable(
      `Setting tls.keyfile: ${keyfile} cannot be used with ${certfile} (${sentence(error)})`,
    );
  }
  return { options, clientsNeedCertificate: ca !== undefined, expiresAtMs: Date.parse(validTo) };
}

function contentOf(setting: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new TlsUnusable(`Setting ${setting}: cannot read ${path} (${sentence(error)})`);
  }
}

/** The first certificate of the file: the node's own. */
function certificateIn(setting: string, path: string, content: string): X509Certificate {
  try {
    return new X509Certificate(content);
  } catch {
    throw new TlsUnusable(`Setting ${setting}: ${path} holds no certificate in PEM form`);
  }
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
