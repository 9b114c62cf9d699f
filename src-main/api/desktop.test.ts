import { expect, it } from 'vitest';
import type { DesktopNotification } from '../../shared/desktop-notification.ts';
import { FakeClock } from '../model/fake-clock.ts';
import { Desktop } from './desktop.ts';

const notification = (id: string): DesktopNotification => ({
  id,
  title: 't',
  body: 'b',
  urgency: 'normal',
  path: '/',
  silent: false,
});

it('waits for what became of each notification', async () => {
  const shown: string[] = [];
  const desktop = new Desktop(new FakeClock(), ({ id }) => shown.push(id));
  const [good, bad] = [desktop.show(notification('a')), desktop.show(notification('b'))];
  desktop.settle('nobody', '');
  desktop.settle('b', 'denied');
  desktop.settle('a', '');
  await expect(good).resolves.toBeUndefined();
  await expect(bad).rejects.toThrow('denied');
  expect(shown).toEqual(['a', 'b']);
});

it('gives up after ten seconds, and where a newer one takes its place', async () => {
  const clock = new FakeClock();
  const desktop = new Desktop(clock, () => {});
  const old = desktop.show(notification('a'));
  const young = desktop.show(notification('a'));
  await expect(old).rejects.toThrow('replaced by a newer one');
  const outcome = expect(young).rejects.toThrow('the desktop did not answer');
  await clock.advance(10_000);
  await outcome;
});

it('fails nothing where there is no desktop', async () => {
  await expect(new Desktop(new FakeClock(), null).show(notification('a'))).resolves.toBeUndefined();
});
