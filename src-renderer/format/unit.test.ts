import { describe, expect, it } from 'vitest';
import { formatValue, guessUnit, unitOfName } from './unit.ts';

describe('units', () => {
  it.each([
    ['node_memory_MemAvailable_bytes', 'bytes'],
    ['http_request_duration_seconds_bucket', 'seconds'],
    ['http_request_duration_seconds_count', 'none'],
    ['process_start_time_seconds', 'time'],
    ['node_hwmon_temp_celsius', 'celsius'],
    ['up', 'none'],
  ])('of the name %s', (name, unit) => expect(unitOfName(name)).toBe(unit));

  it.each([
    ['node_memory_MemAvailable_bytes{job="a"}', 'bytes'],
    ['rate(node_network_receive_bytes_total[5m])', 'bytes/s'],
    ['sum by (device) (rate(node_network_receive_bytes_total[5m]))', 'bytes/s'],
    ['sum(rate(http_requests_total[5m]))', 'per second'],
    ['rate(process_cpu_seconds_total[1m])', 'ratio'],
    ['histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))', 'seconds'],
    ['node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes', 'bytes'],
    ['node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes', 'none'],
    ['100 * node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes', 'percent'],
    ['count(node_memory_MemTotal_bytes)', 'none'],
    ['time()', 'time'],
    ['up', 'none'],
  ])('of %s', (query, unit) => expect(guessUnit(query)).toBe(unit));

  it.each([
    [0, 'none', '0'],
    [1234, 'none', '1234'],
    [12_345, 'none', '12.35 k'],
    [0.5, 'ratio', '50 %'],
    [0.123456, 'ratio', '12.3 %'],
    [1536, 'bytes', '1.5 KiB'],
    [1_048_575, 'bytes', '1 MiB'],
    [1_048_576, 'bytes/s', '1 MiB/s'],
    [0.25, 'seconds', '250 ms'],
    [90, 'seconds', '1 min 30 s'],
    [-3, 'none', '−3'],
    [0.00001234, 'none', '1.23e−5'],
    [Number.NaN, 'bytes', 'NaN'],
    [Number.POSITIVE_INFINITY, 'none', '+Inf'],
  ] as const)('prints %d as %s', (value, unit, text) => expect(formatValue(value, unit)).toBe(text));
});
