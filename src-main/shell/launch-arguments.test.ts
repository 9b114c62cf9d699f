import { expect, it } from 'vitest';
import { ownArguments } from './launch-arguments.ts';

it('keeps the flags of Hearth and leaves the others', () => {
  const own = [
    '--config.file=/etc/prometheus.yml',
    '--storage.tsdb.path=/var/lib/hearth',
    '--web.listen-address=',
    '--web.enable-lifecycle',
    '--user-data-dir=/tmp/x',
    '--enable-feature=a,b',
  ];
  const others = [
    '--no-sandbox',
    '--inspect=0',
    '--remote-debugging-port=0',
    '.',
    'hearth://alerts',
    '--gtk-version=3',
  ];
  expect(ownArguments([...others, ...own])).toEqual(own);
});
