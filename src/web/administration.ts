/**
 * Administration on the management listener: what an operator may ask of a running node, for whoever holds
 * `management.token`. Never on the API's address. Every action that was carried out leaves a log line.
 */

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseJsonBytes } from '../codec/json-reader.js';
import { JsonFloat, type JsonObject } from '../codec/json-value.js';
import { MANAGEMENT } from '../config/limits.js';
import { NO_ORIGIN } from '../runtime/cors.js';
import { endAfterDiscarding, readBody } from '../runtime/read-body.js';
import type { LogControl, Logger, LogLevel } from '../runtime/runtime.js';
import type { Door } from './door.js';
import type { Readiness } from './health.js';
import { pathOf, sendMethodNotAllowed, sendPlain } from './plain-answer.js';

/** What can be done to a node from here; the node itself knows how. */
export interface AdministrationPorts {
  /** Where the node stands, and its settings without secrets. */
  status(): JsonObject;
  /** Null where there is no log to control. */
  readonly logControl: LogControl | null;
  readonly readiness: Readiness;
  /** Starts a backup; the reason when none can be made now. */
  startBackup(): { readonly started: true } | { readonly started: false; readonly reason: string };
  /** The last backup that was asked for. */
  backup(): JsonObject;
  /** What SIGHUP does. What could not be read again, in sentences; the node goes on with what it had. */
  reload(): readonly string[];
}

export interface AdministrationOptions {
  readonly ports: AdministrationPorts;
  /** `management.token`; null refuses everything. */
  readonly token: string | null;
  readonly logger: Logger;
}

interface Reply {
  readonly status: number;
  readonly body: JsonObject;
}

interface Action {
  readonly method: 'GET' | 'PUT' | 'POST';
  run(body: JsonObject): Reply;
}

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'critical'];
const NO_STORE = ['Cache-Control', 'no-store'];

export class Administration implements Door {
  readonly paths: readonly string[];
  private readonly actions: ReadonlyMap<string, readonly Action[]>;
  private readonly tokenDigest: Buffer | null;

  constructor(private readonly options: AdministrationOptions) {
    const { token } = options;
    this.tokenDigest = token === null ? null : digestOf(token);
    this.actions = actionsOf(options.ports);
    this.paths = [...this.actions.keys()];
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const actions = this.actions.get(pathOf(request)) ?? [];
    const action = actions.find(({ method }) => method === request.method);
    if (this.tokenDigest === null)
      send(response, refusal(403, 'There is no administration without management.token.'));
    else if (!this.isAllowed(request, this.tokenDigest))
      send(response, refusal(401, 'Administration takes the token as Authorization: Bearer.'), CHALLENGE);
    else if (action === undefined)
      sendMethodNotAllowed(NO_ORIGIN, response, actions.map(({ method }) => method).join(', '));
    else await this.carryOut(action, request, response);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private async carryOut(action: Action, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const outcome = await readBody(request, MANAGEMENT.requestBytesMax);
    if (!outcome.ok) {
      if (outcome.refusal === 'aborted') return;
      send(response, refusal(413, 'The body is too long, or encoded.'), ['Connection', 'close']);
      endAfterDiscarding(request, response, MANAGEMENT.requestBytesMax);
      return;
    }
    const body = outcome.bytes.length === 0 ? {} : objectIn(outcome.bytes);
    const reply = body === null ? refusal(400, 'The body is no JSON object.') : action.run(body);
    if (action.method !== 'GET')
      this.options.logger.info('administration.action', {
        action: `${action.method} ${pathOf(request)}`,
        status: reply.status,
      });
    send(response, reply);
  }

  /** Digests have one length and are compared in constant time, so an answer's time says nothing of the token. */
  private isAllowed(request: IncomingMessage, digest: Buffer): boolean {
    const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    return timingSafeEqual(digestOf(given), digest);
  }
}

const CHALLENGE = ['WWW-Authenticate', 'Bearer'];

function actionsOf(ports: AdministrationPorts): Map<string, readonly Action[]> {
  const { logControl, readiness } = ports;
  const levels = (): Reply => ({ status: 200, body: { ...logControl?.levels() } });
  const drain = (): Reply => ({ status: 200, body: { drain: readiness.drained } });
  const backup = (status: number): Reply => ({ status, body: ports.backup() });
  return new Map<string, readonly Action[]>([
    ['/status', [{ method: 'GET', run: () => ({ status: 200, body: ports.status() }) }]],
    [
      '/log-levels',
      [
        { method: 'GET', run: levels },
        {
          method: 'PUT',
          run({ folder = null, level }) {
            const known = LEVELS.find((each) => each === level);
            if ((folder !== null && typeof folder !== 'string') || known === undefined)
              return refusal(400, `Send {"folder": name or null, "level": one of ${LEVELS.join(', ')}}.`);
            logControl?.setLevel(folder, known);
            return levels();
          },
        },
      ],
    ],
    [
      '/drain',
      [
        { method: 'GET', run: drain },
        {
          method: 'PUT',
          run({ drain: wanted }) {
            if (typeof wanted !== 'boolean') return refusal(400, 'Send {"drain": true or false}.');
            readiness.drained = wanted;
            return drain();
          },
        },
      ],
    ],
    [
      '/backup',
      [
        { method: 'GET', run: () => backup(200) },
        {
          method: 'POST',
          run() {
            const outcome = ports.startBackup();
            return outcome.started ? backup(202) : refusal(409, outcome.reason);
          },
        },
      ],
    ],
    [
      '/reload',
      [
        {
          method: 'POST',
          run() {
            const problems = [...ports.reload()];
            return { status: problems.length === 0 ? 200 : 409, body: { problems } };
          },
        },
      ],
    ],
  ]);
}

function refusal(status: number, message: string): Reply {
  return { status, body: { message } };
}

function send(response: ServerResponse, { status, body }: Reply, headers: readonly string[] = []): void {
  sendPlain(NO_ORIGIN, response, status, body, [...NO_STORE, ...headers]);
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function objectIn(bytes: Uint8Array): JsonObject | null {
  try {
    const value = parseJsonBytes(bytes);
    if (typeof value !== 'object' || value === null) return null;
    return Array.isArray(value) || value instanceof JsonFloat ? null : value;
  } catch {
    return null;
  }
}
