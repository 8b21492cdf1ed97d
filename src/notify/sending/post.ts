import { errorCode, messageOf } from '../../core/errors.ts';
import { DeliveryFault } from './fault.ts';

/** What is sent to a service. */
export interface PostRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** More of an answer is not read. */
const LONGEST_ANSWER = 4096;

/** These answers may be others in a moment. */
const PASSING = new Set([408, 425, 429]);

/**
 * Sends it once and gives the beginning of the answer, as it is: it may hold a secret. No redirection is followed: it would carry a secret to somebody else.
 * Proxies are used as Node uses them (NODE_USE_ENV_PROXY). Rejects with a {@link DeliveryFault}.
 */
export async function post({ url, headers, body }: PostRequest, signal: AbortSignal): Promise<string> {
  let response: Response;
  let answer: string;
  try {
    response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    answer = await beginningOf(response);
  } catch (error) {
    throw networkFault(error, url.hostname, signal);
  }
  if (response.ok) return answer.trim() || `status ${response.status}`;
  throw refusal(response, answer);
}

/**
 * The same for a service that never answers with a page. Who does is somebody else in its place, such as a proxy that wants a login:
 * with status 200, and the message is gone.
 */
export async function postToService(request: PostRequest, signal: AbortSignal): Promise<string> {
  const answer = await post(request, signal);
  if (!answer.startsWith('<')) return answer;
  throw new DeliveryFault('it answered with a page, as a proxy or a login does, and not as the service', {
    again: false,
  });
}

async function beginningOf({ body }: Response): Promise<string> {
  if (body === null) return '';
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body) {
    pieces.push(piece);
    length += piece.length;
    if (length >= LONGEST_ANSWER) break;
  }
  return Buffer.concat(pieces).subarray(0, LONGEST_ANSWER).toString('utf8');
}

function refusal({ status, headers }: Response, answer: string): DeliveryFault {
  if (status >= 300 && status < 400)
    return new DeliveryFault(`it answered with a redirection (${status}), which is not followed`, { again: false });
  const said = answer.trim();
  const again = status >= 500 || PASSING.has(status);
  const waitMs = again ? (retryAfterMs(headers.get('retry-after'), Date.now()) ?? retryAfterIn(answer)) : null;
  return new DeliveryFault(`it answered ${status}${said === '' ? '' : `: ${said}`}`, { again, waitMs });
}

/** How long the header Retry-After asks to wait: seconds, or a date (RFC 9110, 10.2.3). Null: it does not say. */
export function retryAfterMs(value: string | null, nowMs: number): number | null {
  if (value === null) return null;
  if (/^\d+(?:\.\d+)?$/.test(value.trim())) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}

/** Telegram says it in the answer, in seconds (`parameters.retry_after`). */
function retryAfterIn(answer: string): number | null {
  const seconds = /"retry_after"\s*:\s*(\d+(?:\.\d+)?)/.exec(answer)?.[1];
  return seconds === undefined ? null : Number(seconds) * 1000;
}

/** A certificate does not become better in a second. */
const OF_TLS = /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH)/;

function networkFault(error: unknown, host: string, signal: AbortSignal): DeliveryFault {
  if (signal.aborted) return new DeliveryFault(`${host} gave no answer in time`, { again: true });
  const code = codeBelow(error);
  if (code === null) return new DeliveryFault(`${host}: ${deepest(error)}`, { again: false });
  if (OF_TLS.test(code))
    return new DeliveryFault(`the certificate of ${host} is not trusted (${code})`, { again: false });
  return new DeliveryFault(`${host} cannot be reached (${code})`, { again: true });
}

function deepest(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? deepest(error.cause) : messageOf(error);
}

/** fetch says why in the cause of its error, or in one of several. */
function codeBelow(error: unknown): string | null {
  for (let current = error; current instanceof Error; current = current.cause) {
    const [first] = current instanceof AggregateError ? (current.errors as unknown[]) : [];
    const code = errorCode(current) ?? errorCode(first);
    if (code !== null) return code;
  }
  return null;
}
