import { expect, test } from 'vitest';
import { FakeClock } from '../model/fake-clock.ts';
import { Gate } from './gate.ts';

test('turns come in order, and a wait ends with the timeout', async () => {
  const clock = new FakeClock(0);
  const gate = new Gate(1, clock);
  await gate.enter(null, 1000);
  const order: string[] = [];
  const second = gate.enter(null, 5000).then(() => order.push('second'));
  const third = gate.enter(null, 1000).catch((error: Error) => order.push(error.message));
  const fourth = gate.enter(null, 5000).then(() => order.push('fourth'));
  await clock.advance(1500);
  await third;
  gate.leave();
  await second;
  gate.leave();
  await fourth;
  expect(order).toEqual(['query timed out in query queue', 'second', 'fourth']);
  gate.leave();
  await gate.enter(null, 1000);
});
