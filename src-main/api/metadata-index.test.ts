import { describe, expect, it } from 'vitest';
import { FakeClock } from '../model/fake-clock.ts';
import { MetadataIndex } from './metadata-index.ts';

const entry = (metric: string, type: 'counter' | 'histogram', help: string) =>
  ({ metric, type, help, unit: '', target: [], job: 'j' }) as const;

describe('MetadataIndex', () => {
  const index = new MetadataIndex(new FakeClock(), () => [
    entry('a_total', 'counter', 'first'),
    entry('a_total', 'counter', 'second'),
    entry('h', 'histogram', 'buckets'),
    entry('h_count', 'counter', 'its own'),
  ]);
  it.each([
    ['a_total', 'first'],
    ['h', 'buckets'],
    ['h_bucket', 'buckets'],
    ['h_sum', 'buckets'],
    ['h_count', 'its own'],
    ['nosuch', ''],
    ['', ''],
  ])('%s: %j', (metric, help) => expect(index.of(metric).help).toBe(help));

  it('gathers again after five seconds', async () => {
    const clock = new FakeClock();
    let help = 'old';
    const aging = new MetadataIndex(clock, () => [entry('a', 'counter', help)]);
    expect(aging.of('a').help).toBe('old');
    help = 'new';
    await clock.advance(5000);
    expect(aging.of('a').help).toBe('old');
    await clock.advance(1);
    expect(aging.of('a').help).toBe('new');
  });
});
