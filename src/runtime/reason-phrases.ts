/** Python's names of the HTTP statuses that the node answers with, in capitals, as 1.0.1 sends them: drivers show them to their users. */
export const REASON_PHRASES: Readonly<Record<number, string>> = {
  200: 'OK',
  202: 'ACCEPTED',
  400: 'BAD REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT FOUND',
  405: 'METHOD NOT ALLOWED',
  408: 'REQUEST TIMEOUT',
  409: 'CONFLICT',
  413: 'REQUEST ENTITY TOO LARGE',
  415: 'UNSUPPORTED MEDIA TYPE',
  429: 'TOO MANY REQUESTS',
  431: 'REQUEST HEADER FIELDS TOO LARGE',
  500: 'INTERNAL SERVER ERROR',
  503: 'SERVICE UNAVAILABLE',
};
