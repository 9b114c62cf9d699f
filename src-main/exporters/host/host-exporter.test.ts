import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../model/clock.ts';
import { FakeClock } from '../../model/fake-clock.ts';
import { parseMountInfo } from './filesystem.ts';
import { HostExporter } from './host-exporter.ts';
import { availableFromVmStat } from './portable.ts';

async function page(exporter: HostExporter): Promise<string> {
  return Buffer.from(await exporter.collect()).toString('utf8');
}

/** HELP and TYPE of every family of node_exporter's collectors. */
function families(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^# (?:HELP|TYPE) (node_\w+) (.*)$/.exec(line);
    if (match !== null) found.set(match[1]!, `${found.get(match[1]!) ?? ''}${match[2]!.trim()} | `);
  }
  return found;
}

/** Samples without labels, by name. */
function plainSamples(text: string): Map<string, number> {
  return new Map([...text.matchAll(/^(node_\w+) (\S+)$/gm)].map((m) => [m[1]!, Number(m[2])]));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

const installed = spawnSync('prometheus-node-exporter', ['--version']).status === 0;
const withOracle = process.platform === 'linux' && installed;
if (!withOracle) process.stdout.write('skipped: no prometheus-node-exporter to compare with\n');

/** Needs adjtimex(2), which Node has not, or is of node_exporter itself. */
const NOT_HERE =
  /^node_(?:timex_|exporter_build_info|selinux_|textfile_|schedstat_|systemd_|nfs|xfs_|btrfs_|zfs_|edac_|rapl_)/;
/** Newer than the exporter compared with, or told by it only under a condition. */
const ONLY_HERE = new Set(['node_netstat_TcpExt_TCPOFOQueue', 'node_arp_entries']);

describe.skipIf(!withOracle)('beside the real node_exporter', () => {
  it('has its names, types and help, and the same figures', async () => {
    const port = await freePort();
    const child = spawn('prometheus-node-exporter', [`--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' });
    try {
      let theirs = '';
      for (let i = 0; i < 100 && theirs === ''; i++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        theirs = await fetch(`http://127.0.0.1:${port}/metrics`)
          .then((answer) => answer.text())
          .catch(() => '');
      }
      const ours = await page(new HostExporter({ clock: systemClock, platform: 'linux' }));
      const [wanted, found] = [families(theirs), families(ours)];
      const differences = [
        ...[...wanted].filter(([name]) => !NOT_HERE.test(name) && !found.has(name)).map(([name]) => `missing: ${name}`),
        ...[...found]
          .filter(([name]) => !ONLY_HERE.has(name) && !wanted.has(name))
          .map(([name]) => `not there: ${name}`),
        ...[...found]
          .filter(([name, meta]) => wanted.has(name) && wanted.get(name) !== meta)
          .map(([name, meta]) => `${name}: ${meta} but there ${wanted.get(name)}`),
      ];
      expect(differences).toEqual([]);
      const [theirSamples, ourSamples] = [plainSamples(theirs), plainSamples(ours)];
      for (const steady of ['node_memory_MemTotal_bytes', 'node_boot_time_seconds', 'node_memory_SwapTotal_bytes'])
        expect([steady, ourSamples.get(steady)]).toEqual([steady, theirSamples.get(steady)]);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });
});

function write(root: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
}

function machine(files: Record<string, string>) {
  const root = mkdtempSync(path.join(os.tmpdir(), 'hearth-host-'));
  write(root, files);
  const folders = { proc: path.join(root, 'proc'), sys: path.join(root, 'sys'), etc: path.join(root, 'etc') };
  return { root, exporter: new HostExporter({ clock: new FakeClock(1_700_000_000_500), platform: 'linux', folders }) };
}

describe('HostExporter', () => {
  it('tells sensors and batteries of a laptop', async () => {
    const { root, exporter } = machine({
      'sys/devices/platform/coretemp.0/hwmon/hwmon3/name': 'coretemp\n',
      'sys/devices/platform/coretemp.0/hwmon/hwmon3/temp1_input': '54000\n',
      'sys/devices/platform/coretemp.0/hwmon/hwmon3/temp1_label': 'Package id 0\n',
      'sys/devices/platform/coretemp.0/hwmon/hwmon3/temp1_crit': '100000\n',
      'sys/devices/platform/coretemp.0/hwmon/hwmon3/fan1_input': '2100\n',
      'sys/bus/platform/uevent': '',
      'sys/class/power_supply/BAT0/capacity': '87\n',
      'sys/class/power_supply/BAT0/energy_now': '43000000\n',
      'sys/class/power_supply/BAT0/status': 'Discharging\n',
      'sys/class/thermal/thermal_zone0/type': 'x86_pkg_temp\n',
      'sys/class/thermal/thermal_zone0/temp': '54000\n',
      'sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq': '1800000\n',
    });
    const device = path.join(root, 'sys/devices/platform/coretemp.0');
    symlinkSync(path.join(root, 'sys/bus/platform'), path.join(device, 'subsystem'));
    symlinkSync(device, path.join(device, 'hwmon/hwmon3/device'));
    mkdirSync(path.join(root, 'sys/class/hwmon'), { recursive: true });
    symlinkSync(path.join(device, 'hwmon/hwmon3'), path.join(root, 'sys/class/hwmon/hwmon3'));
    const text = await page(exporter);
    for (const line of [
      'node_hwmon_temp_celsius{chip="platform_coretemp_0",sensor="temp1"} 54',
      'node_hwmon_temp_crit_celsius{chip="platform_coretemp_0",sensor="temp1"} 100',
      'node_hwmon_sensor_label{chip="platform_coretemp_0",sensor="temp1",label="Package id 0"} 1',
      'node_hwmon_chip_names{chip="platform_coretemp_0",chip_name="coretemp"} 1',
      'node_hwmon_fan_rpm{chip="platform_coretemp_0",sensor="fan1"} 2100',
      'node_power_supply_capacity{power_supply="BAT0"} 87',
      'node_power_supply_energy_watthour{power_supply="BAT0"} 43',
      'node_power_supply_info{power_supply="BAT0",status="Discharging"} 1',
      'node_thermal_zone_temp{zone="0",type="x86_pkg_temp"} 54',
      'node_cpu_scaling_frequency_hertz{cpu="0"} 1.8e+09',
      'node_time_seconds 1.7000000005e+09',
      // What this machine has not is no zero.
      'node_scrape_collector_success{collector="meminfo"} 0',
      'node_scrape_collector_success{collector="hwmon"} 1',
    ])
      expect(text).toContain(`${line}\n`);
    expect(text).not.toContain('node_memory_');
  });

  it('lets no counter of the processor go back by a little', async () => {
    const { root, exporter } = machine({ 'proc/stat': 'cpu0 100 0 0 5000 250 0 0 0 0 0\n' });
    const iowait = async () => /node_cpu_seconds_total\{cpu="0",mode="iowait"\} (\S+)/.exec(await page(exporter))?.[1];
    expect(await iowait()).toBe('2.5');
    write(root, { 'proc/stat': 'cpu0 100 0 0 5000 249 0 0 0 0 0\n' });
    expect(await iowait()).toBe('2.5');
    write(root, { 'proc/stat': 'cpu0 1 0 0 5 260 0 0 0 0 0\n' });
    expect(await iowait()).toBe('2.6');
  });

  it('works where there is no /proc', async () => {
    for (const platform of ['darwin', 'win32'] as const) {
      const text = await page(new HostExporter({ clock: systemClock, platform }));
      expect(text).toContain('node_cpu_seconds_total{cpu="0",mode="idle"}');
      expect(text).toContain('node_memory_MemTotal_bytes ');
      expect(text.includes('node_load1 ')).toBe(platform !== 'win32');
    }
  });
});

describe('parseMountInfo', () => {
  it('takes file systems of the disk, undoes escapes, and sees what is read-only', () => {
    const text = [
      '22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw',
      '23 22 0:21 / /proc rw - proc proc rw',
      '24 22 8:1 / /mnt/my\\040disk ro,noatime - vfat /dev/sda1 rw',
      '25 22 0:30 / /tmp rw shared:2 master:1 - tmpfs tmpfs rw',
      '26 22 0:31 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw',
    ].join('\n');
    expect(parseMountInfo(text)).toEqual([
      { device: '/dev/vda', mountpoint: '/', fstype: 'ext4', readonly: false },
      { device: '/dev/sda1', mountpoint: '/mnt/my disk', fstype: 'vfat', readonly: true },
      { device: 'tmpfs', mountpoint: '/tmp', fstype: 'tmpfs', readonly: false },
    ]);
  });
});

describe('availableFromVmStat', () => {
  it('takes caches for available', () => {
    const text = [
      'Mach Virtual Memory Statistics: (page size of 16384 bytes)',
      'Pages free:                                5000.',
      'Pages purgeable:                            100.',
      'Pages wired down:                          2000.',
      'Anonymous pages:                           4000.',
      'Pages occupied by compressor:              1000.',
    ].join('\n');
    expect(availableFromVmStat(text, 20_000 * 16_384)).toBe((20_000 - 6_900) * 16_384);
    expect(availableFromVmStat('nonsense', 1)).toBeNaN();
  });
});
