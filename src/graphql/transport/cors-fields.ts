/** The CORS headers of an answer as this door writes headers: an object with names in lower case. */

import type { IncomingMessage } from 'node:http';
import { ANY_ORIGIN, type Cors } from '../../runtime/cors.js';

const ANY_FIELDS = fieldsOf(ANY_ORIGIN.headers(undefined));

export function corsFields(cors: Cors, request: IncomingMessage): Readonly<Record<string, string>> {
  return cors === ANY_ORIGIN ? ANY_FIELDS : fieldsOf(cors.headers(request.headers.origin));
}

function fieldsOf(headers: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let index = 0; index + 1 < headers.length; index += 2)
    fields[headers[index]?.toLowerCase() ?? ''] = headers[index + 1] ?? '';
  return fields;
}
