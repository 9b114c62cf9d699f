import { expect, it } from 'vitest';
import type { EngineEvent } from '../../shared/contract.ts';
import { FakeClock } from '../model/fake-clock.ts';
import { Announcer } from './announcer.ts';

it('gathers changes, counts revisions a topic, and is silent once stopped', async () => {
  const clock = new FakeClock();
  const told: EngineEvent[] = [];
  const announcer = new Announcer(clock, (event) => told.push(event));
  const changed = (topic: string, revision: number) => ({ kind: 'changed', topic, revision });
  for (let i = 0; i < 10; i++) announcer.changed('alerts');
  announcer.changed('targets');
  await clock.advance(249);
  expect(told).toEqual([]);
  await clock.advance(1);
  expect(told).toEqual([changed('alerts', 1), changed('targets', 1)]);
  announcer.changed('alerts');
  await clock.advance(250);
  expect(told.at(-1)).toEqual(changed('alerts', 2));
  announcer.changed('alerts');
  announcer.stop();
  announcer.changed('targets');
  await clock.advance(1000);
  expect(told).toHaveLength(3);
});
