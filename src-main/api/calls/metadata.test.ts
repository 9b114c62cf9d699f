import { describe, expect, it } from 'vitest';
import { rankNames } from './metadata.ts';

const NAMES = ['go_goroutines', 'http_requests_total', 'node_cpu_seconds_total', 'process_cpu_seconds_total', 'up'];

describe('rankNames', () => {
  it.each([
    ['', NAMES],
    ['up', ['up']],
    ['cpu', ['node_cpu_seconds_total', 'process_cpu_seconds_total']],
    ['HTTP', ['http_requests_total']],
    ['nct', ['node_cpu_seconds_total']],
    ['p', ['process_cpu_seconds_total', 'up', 'http_requests_total', 'node_cpu_seconds_total']],
    ['zzz', []],
  ])('ranks %j', (text, names) => expect(rankNames(NAMES, text)).toEqual(names));
});
