/** Remote read: prometheus.ReadRequest (prompb/remote.proto), decoded field by field. */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { Matcher } from '../model/matcher.ts';
import { endOf, readRepeated } from './wire.ts';

export interface ReadQuery {
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  readonly matchers: readonly Matcher[];
}

export type ResponseType = 'samples' | 'streamed-chunks';

export interface ReadRequest {
  readonly queries: readonly ReadQuery[];
  readonly responseType: ResponseType;
}

const FIELD = { queries: 1, responseTypes: 2 } as const;
const QUERY = { start: 1, end: 2, matchers: 3 } as const;
const MATCHER = { type: 1, name: 2, value: 3 } as const;

const MATCH_TYPES = ['=', '!=', '=~', '!~'] as const;
const RESPONSE_TYPES: readonly ResponseType[] = ['samples', 'streamed-chunks'];

/** Throws for anything that is no such message, and RegexError. */
export function decodeReadRequest(bytes: Uint8Array): ReadRequest {
  const reader = new BinaryReader(bytes);
  const queries: ReadQuery[] = [];
  const accepted: number[] = [];
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === FIELD.queries && type === WireType.LengthDelimited) queries.push(readQuery(reader));
    else if (field === FIELD.responseTypes) readRepeated(reader, type, reader.len, (r) => accepted.push(r.uint32()));
    else reader.skip(type, field);
  }
  return { queries, responseType: negotiated(accepted) };
}

/** The first that is known here; who accepts nothing in particular gets samples. */
function negotiated(accepted: readonly number[]): ResponseType {
  if (accepted.length === 0) return 'samples';
  for (const type of accepted) {
    const known = RESPONSE_TYPES[type];
    if (known !== undefined) return known;
  }
  throw new RangeError(`server does not support any of the requested response types: ${accepted.join(', ')}`);
}

function readQuery(reader: BinaryReader): ReadQuery {
  const end = endOf(reader, reader.len);
  let minTimeMs = 0;
  let maxTimeMs = 0;
  const matchers: Matcher[] = [];
  while (reader.pos < end) {
    const [field, type] = reader.tag();
    if (field === QUERY.start && type === WireType.Varint) minTimeMs = Number(reader.int64());
    else if (field === QUERY.end && type === WireType.Varint) maxTimeMs = Number(reader.int64());
    else if (field === QUERY.matchers && type === WireType.LengthDelimited) matchers.push(readMatcher(reader, end));
    else reader.skip(type, field);
  }
  return { minTimeMs, maxTimeMs, matchers };
}

function readMatcher(reader: BinaryReader, limit: number): Matcher {
  const end = endOf(reader, limit);
  let type = 0;
  let name = '';
  let value = '';
  while (reader.pos < end) {
    const [field, wireType] = reader.tag();
    if (field === MATCHER.type && wireType === WireType.Varint) type = reader.uint32();
    else if (field === MATCHER.name && wireType === WireType.LengthDelimited) name = reader.string();
    else if (field === MATCHER.value && wireType === WireType.LengthDelimited) value = reader.string();
    else reader.skip(wireType, field);
  }
  const matchType = MATCH_TYPES[type];
  if (matchType === undefined) throw new RangeError(`invalid matcher type ${type}`);
  return new Matcher(name, matchType, value);
}
