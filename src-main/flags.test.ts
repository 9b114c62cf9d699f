import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { engineOptions, FlagError } from './flags.ts';

const host = { version: '1', userDataDir: '/home/u/.config/Hearth', pageDir: '/page', hasDesktop: false };
const options = (...args: string[]) => engineOptions(args, host);

describe('engineOptions', () => {
  it('keeps everything in the user data directory by default, moves on from taken ports and may be reloaded', () => {
    expect(options()).toMatchObject({
      userDataDir: '/home/u/.config/Hearth',
      tsdbDir: '/home/u/.config/Hearth/data',
      configFile: null,
      nextFreePort: true,
      enableLifecycle: true,
      listen: { prometheus: '127.0.0.1:9090', alertmanager: '127.0.0.1:9093', pushgateway: '127.0.0.1:9091' },
    });
  });

  it('keeps what is its own beside a data directory that is named', () => {
    expect(options('--storage.tsdb.path=/srv/data').userDataDir).toBe('/srv/data/hearth');
  });

  it('takes Prometheus flags with = and with a space', () => {
    const given = options(
      '--config.file',
      'p.yml',
      '--web.listen-address=:19090',
      '--alertmanager.web.listen-address=',
      '--storage.tsdb.retention.size=512MB',
      '--query.timeout=5s',
    );
    expect(given).toMatchObject({
      configFile: path.resolve('p.yml'),
      nextFreePort: false,
      enableLifecycle: false,
      listen: { prometheus: ':19090', alertmanager: '' },
      retentionBytes: 512 * 1024 * 1024,
      queryTimeoutMs: 5000,
    });
  });

  it('adds up features', () =>
    expect(options('--enable-feature=a,b', '--enable-feature=c').features).toEqual(['a', 'b', 'c']));

  it.each([
    ['--nosuch=1', /nosuch/],
    ['--storage.tsdb.retention.time=never', /"never" is not a duration/],
    ['--storage.tsdb.retention.size=12', /"12" is not a size/],
    ['--web.listen-address=9090', /"9090" is not host:port/],
    ['--query.max-samples=0', /"0" is not a positive whole number/],
    ['--log.level=loud', /"loud" is none of/],
  ])('refuses %s', (flag, message) => {
    expect(() => options(flag)).toThrow(FlagError);
    expect(() => options(flag)).toThrow(message);
  });
});
