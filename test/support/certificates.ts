/** Certificates for tests, made by openssl in a folder of their own: an authority, and what it has signed. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export class Certificates {
  private readonly folder = mkdtempSync(join(tmpdir(), 'certificates-'));

  constructor() {
    const output = ['-keyout', 'ca.key', '-out', 'ca.pem'];
    this.openssl('req', '-x509', ...EC, ...output, '-days', '2', '-subj', '/CN=authority');
    writeFileSync(this.file('names'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  }

  /** Makes `NAME.key` and `NAME.pem` for this machine. */
  make(name: string): void {
    this.openssl('req', ...EC, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const signer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'];
    this.openssl('x509', '-req', '-in', `${name}.csr`, ...signer, '-out', `${name}.pem`, '-extfile', 'names');
  }

  /** Makes `NAME.key` out of another key, locked by a passphrase. */
  lock(name: string, from: string, passphrase: string): void {
    const output = ['-in', `${from}.key`, '-out', `${name}.key`];
    this.openssl('pkey', '-aes256', '-passout', `pass:${passphrase}`, ...output);
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private openssl(...parameters: readonly string[]): void {
    execFileSync('openssl', parameters, { cwd: this.folder, stdio: 'ignore' });
  }
}
