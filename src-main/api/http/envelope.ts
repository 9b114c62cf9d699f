import type { FastifyReply } from 'fastify';
import { PromqlParseError } from '../../../shared/promql/ast.ts';
import { RegexError } from '../../model/regex.ts';
import { QueryError } from '../../promql/errors.ts';
import { JsonText } from './json-text.ts';

export type ErrorType =
  | 'bad_data'
  | 'execution'
  | 'canceled'
  | 'timeout'
  | 'internal'
  | 'not_found'
  | 'unavailable'
  | 'not_acceptable';

/** errorType -> status code (web/api/v1/api.go, respondError). */
const STATUS: Readonly<Record<ErrorType, number>> = {
  bad_data: 400,
  execution: 422,
  canceled: 499,
  timeout: 503,
  internal: 500,
  not_found: 404,
  unavailable: 500,
  not_acceptable: 406,
};

/** Refusal of an API request in Prometheus's terms. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly type: ErrorType;

  constructor(type: ErrorType, message: string) {
    super(message);
    this.type = type;
  }
}

const MAX_ANNOTATIONS = 10;
const SUCCESS = '{"status":"success","data":';

export interface Notes {
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

/** Sends `{"status":"success","data":...}` of what is JSON text already. */
export function sendData(reply: FastifyReply, dataJson: string, notes: Notes = {}): FastifyReply {
  return reply.type('application/json').send(`${SUCCESS}${dataJson}${notesJson(notes)}}`);
}

/** The same of an answer of about `expectedBytes`: `write` writes the data and returns the notes. */
export function sendWritten(reply: FastifyReply, expectedBytes: number, write: (out: JsonText) => Notes): FastifyReply {
  const out = new JsonText(expectedBytes).raw(SUCCESS);
  const notes = write(out);
  out.raw(notesJson(notes)).raw('}');
  return reply.type('application/json').send(out.toBuffer());
}

function notesJson({ warnings = [], infos = [] }: Notes): string {
  return annotationJson('warnings', 'warning', warnings) + annotationJson('infos', 'info', infos);
}

function annotationJson(key: string, noun: string, all: readonly string[]): string {
  if (all.length === 0) return '';
  const shown =
    all.length > MAX_ANNOTATIONS
      ? [...all.slice(0, MAX_ANNOTATIONS), `${all.length - MAX_ANNOTATIONS} more ${noun} annotations omitted`]
      : all;
  return `,"${key}":${JSON.stringify(shown)}`;
}

export function sendError(reply: FastifyReply, error: unknown): FastifyReply {
  const { type, message } = apiErrorOf(error);
  return reply
    .code(STATUS[type])
    .type('application/json')
    .send(JSON.stringify({ status: 'error', errorType: type, error: message }));
}

function apiErrorOf(error: unknown): { readonly type: ErrorType; readonly message: string } {
  if (error instanceof ApiError) return error;
  if (error instanceof PromqlParseError)
    return { type: 'bad_data', message: `invalid parameter "query": ${error.message}` };
  if (error instanceof RegexError) return { type: 'bad_data', message: error.message };
  if (error instanceof QueryError) {
    const prefix = error.kind === 'invalid' ? 'invalid parameter "query": ' : '';
    return { type: queryErrorType(error), message: `${prefix}${error.message}` };
  }
  return { type: 'internal', message: error instanceof Error ? error.message : String(error) };
}

function queryErrorType(error: QueryError): ErrorType {
  switch (error.kind) {
    case 'cancelled':
      return 'canceled';
    case 'timeout':
      return 'timeout';
    case 'invalid':
      return 'bad_data';
    case 'execution':
    case 'too-many-samples':
      return 'execution';
  }
}
