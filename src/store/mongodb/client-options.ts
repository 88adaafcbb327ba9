/** How a client reaches the servers and what it asks of them (1.0.1: section 8.3), from the settings. */

import { readFileSync } from 'node:fs';
import type { MongoClientOptions } from 'mongodb';
import { MONGODB } from '../../config/limits.js';
import { StoreRefused } from './refusal.js';

/** The `database` settings that concern the servers; names as in the configuration file, in camel case. */
export interface ServerSettings {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly replicaset: string;
  /** Time to find a server, in milliseconds. */
  readonly connectionTimeout: number;
  /** Attempts to connect; 0 = for ever. */
  readonly maxTries: number;
  readonly ssl: boolean;
  readonly login: string | null;
  readonly password: string | null;
  /** Files in PEM form. */
  readonly caCert: string | null;
  readonly certfile: string | null;
  readonly keyfile: string | null;
  readonly keyfilePassphrase: string | null;
  readonly crlfile: string | null;
}

/** The server that the settings name, as an address for people. */
export function addressOf({ host, port }: ServerSettings): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The name of a certificate stands here: the driver takes one without a password from nowhere else. */
export function uriOf(settings: ServerSettings): string {
  const { login } = settings;
  const name = login !== null && namedByCertificate(settings) ? `${encodeURIComponent(login)}@` : '';
  return `mongodb://${name}${addressOf(settings)}/`;
}

/** For all work. Throws StoreRefused for a file that cannot be read or settings that contradict each other. */
export function clientOptions(settings: ServerSettings): MongoClientOptions {
  return {
    ...commonOptions(settings),
    replicaSet: settings.replicaset,
    readPreference: 'primary',
    readConcern: { level: 'majority' },
    writeConcern: { w: 'majority', j: true, wtimeoutMS: MONGODB.operationMs },
    retryWrites: true,
    retryReads: true,
    maxPoolSize: MONGODB.connectionsMax,
    waitQueueTimeoutMS: MONGODB.operationMs,
    // Bytes that are no UTF-8 come out as junk, not as an exception that hides what stands beside them.
    enableUtf8Validation: false,
  };
}

/** For questions to the one server that the settings name, whatever its role. */
export function directOptions(settings: ServerSettings): MongoClientOptions {
  return { ...commonOptions(settings), directConnection: true, maxPoolSize: 1 };
}

function commonOptions(settings: ServerSettings): MongoClientOptions {
  return {
    appName: 'bigchaindb',
    serverSelectionTimeoutMS: settings.connectionTimeout,
    connectTimeoutMS: settings.connectionTimeout,
    socketTimeoutMS: MONGODB.socketMs,
    ...tlsOptions(settings),
    ...loginOptions(settings),
  };
}

/**
 * 1.0.1 showed a client certificate only with all four files set; here the certificate and its key are enough, and
 * one without the other is refused.
 */
function tlsOptions(settings: ServerSettings): MongoClientOptions {
  const { ssl, caCert, certfile, keyfile, keyfilePassphrase, crlfile } = settings;
  if ((certfile === null) !== (keyfile === null))
    throw new StoreRefused(
      'Settings database.certfile and database.keyfile belong together: a client certificate needs its private key',
    );
  if (!ssl && certfile === null) return {};
  return {
    tls: true,
    ...(caCert === null ? {} : { ca: contents('database.ca_cert', caCert) }),
    ...(certfile === null ? {} : { cert: contents('database.certfile', certfile) }),
    ...(keyfile === null ? {} : { key: contents('database.keyfile', keyfile) }),
    ...(keyfilePassphrase === null ? {} : { passphrase: keyfilePassphrase }),
    ...(crlfile === null ? {} : { crl: contents('database.crlfile', crlfile) }),
  };
}

/** 1.0.1: with a client certificate the login is its name; else SCRAM on the database. */
function loginOptions(settings: ServerSettings): MongoClientOptions {
  const { login, password, name } = settings;
  if (namedByCertificate(settings)) return { authMechanism: 'MONGODB-X509', authSource: '$external' };
  if (login === null && password === null) return {};
  if (login === null || password === null)
    throw new StoreRefused('Settings database.login and database.password belong together');
  return { auth: { username: login, password }, authSource: name };
}

function namedByCertificate({ login, password, certfile }: ServerSettings): boolean {
  return certfile !== null && login !== null && password === null;
}

function contents(setting: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StoreRefused(`Setting ${setting}: cannot read ${path}: ${why}`);
  }
}
