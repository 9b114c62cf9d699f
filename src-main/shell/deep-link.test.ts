import { describe, expect, it } from 'vitest';
import { routeInArguments, routeOfLink } from './deep-link.ts';

describe('routeOfLink', () => {
  it.each([
    ['hearth://alerts?fingerprint=0123456789abcdef', '/alerts?fingerprint=0123456789abcdef'],
    ['hearth://query?expr=up%7Bjob%3D%22a%22%7D', '/query?expr=up%7Bjob%3D%22a%22%7D'],
    ['hearth://silences/', '/silences'],
    ['hearth:///targets', '/targets'],
    ['hearth://', '/'],
    ['https://example.org/alerts', null],
    ['hearth:alerts', null],
    ['hearth://alerts/..%2f..', null],
    [`hearth://query?expr=${'a'.repeat(30_000)}`, null],
    ['--flag', null],
  ])('%s', (link, route) => {
    expect(routeOfLink(link)).toBe(route);
  });
});

it('finds the link among the arguments of a launch', () => {
  expect(routeInArguments(['/opt/hearth', '--no-sandbox', 'hearth://alerts'])).toBe('/alerts');
  expect(routeInArguments(['/opt/hearth'])).toBeNull();
});
