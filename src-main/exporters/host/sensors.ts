/** Temperatures, fans, voltages and batteries (node_exporter's collectors hwmon, thermal_zone and powersupplyclass). */
import path from 'node:path';
import type { MetricPage } from '../metric-page.ts';
import type { Collector } from './collector.ts';
import type { SystemFiles } from './system-files.ts';

/** Kinds of sensor, by the start of the file's name: unit, divisor, what it is. */
const SENSORS = [
  ['temp', 'input', 'temp_celsius', 1000, 'Hardware monitor for temperature (input)'],
  ['temp', 'max', 'temp_max_celsius', 1000, 'Hardware monitor for temperature (max)'],
  ['temp', 'crit', 'temp_crit_celsius', 1000, 'Hardware monitor for temperature (crit)'],
  ['temp', 'crit_alarm', 'temp_crit_alarm_celsius', 1, 'Hardware monitor for temperature (crit_alarm)'],
  ['fan', 'input', 'fan_rpm', 1, 'Hardware monitor for fan revolutions per minute (input)'],
  ['in', 'input', 'in_volts', 1000, 'Hardware monitor for voltage (input)'],
  ['power', 'average', 'power_average_watt', 1e6, 'Hardware monitor for power usage in watts (average)'],
  ['curr', 'input', 'curr_amps', 1000, 'Hardware monitor for current (input)'],
] as const;

/** Virtual machines have none: the folder is missing there. */
export function hardwareMonitorCollector(files: SystemFiles): Collector {
  const base = path.join(files.sys, 'class/hwmon');
  return {
    name: 'hwmon',
    collect: (page) => {
      const monitors = files.names(base);
      if (monitors.length === 0) throw new Error('no hardware monitors');
      for (const monitor of monitors) tellMonitor(files, page, path.join(base, monitor));
    },
  };
}

function tellMonitor(files: SystemFiles, page: MetricPage, folder: string): void {
  const chip = chipName(files, folder);
  const chipTitle = cleanName(files.text(path.join(folder, 'name')));
  if (chipTitle !== '')
    page.gauge('node_hwmon_chip_names', 'Annotation metric for human-readable chip names', 1, {
      chip,
      chip_name: chipTitle,
    });
  for (const file of files.names(folder)) {
    const match = /^((temp|fan|in|power|curr)\d+)_(\w+)$/.exec(file);
    if (match === null) continue;
    const [, sensor = '', kind = '', property = ''] = match;
    const from = path.join(folder, file);
    if (property === 'label')
      page.gauge('node_hwmon_sensor_label', 'Label for given chip and sensor', 1, {
        chip,
        sensor,
        label: files.text(from),
      });
    const figure = SENSORS.find((candidate) => candidate[0] === kind && candidate[1] === property);
    if (figure === undefined) continue;
    const [, , name, divisor, help] = figure;
    page.gauge(`node_hwmon_${name}`, help, files.number(from) / divisor, { chip, sensor });
  }
}

/** `platform_coretemp_0`, `nvme_nvme0`: stable where the number of the monitor is not. */
function chipName(files: SystemFiles, folder: string): string {
  const device = cleanName(files.realName(path.join(folder, 'device')));
  const subsystem = cleanName(files.realName(path.join(folder, 'device/subsystem')));
  if (device !== '') return subsystem === '' ? device : `${subsystem}_${device}`;
  return cleanName(files.text(path.join(folder, 'name'))) || cleanName(path.basename(folder));
}

function cleanName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9:_]/g, '_')
    .replace(/^_+|_+$/g, '');
}

export function thermalZoneCollector(files: SystemFiles): Collector {
  const base = path.join(files.sys, 'class/thermal');
  return {
    name: 'thermal_zone',
    collect: (page) => {
      for (const name of files.names(base)) {
        const read = (file: string) => path.join(base, name, file);
        const type = files.text(read('type'));
        const zone = /^thermal_zone(\d+)$/.exec(name)?.[1];
        if (zone !== undefined)
          page.gauge('node_thermal_zone_temp', 'Zone temperature in Celsius', files.number(read('temp')) / 1000, {
            zone,
            type,
          });
        const cooler = /^cooling_device(\d+)$/.exec(name)?.[1];
        if (cooler === undefined) continue;
        const labels = { name: cooler, type };
        page.gauge(
          'node_cooling_device_cur_state',
          'Current throttle state of the cooling device',
          files.number(read('cur_state')),
          labels,
        );
        page.gauge(
          'node_cooling_device_max_state',
          'Maximum throttle state of the cooling device',
          files.number(read('max_state')),
          labels,
        );
      }
    },
  };
}

/** Files of /sys/class/power_supply/<supply>, the figure's name and the divisor to base units. */
const SUPPLY_FIGURES = [
  ['capacity', 'capacity', 1],
  ['online', 'online', 1],
  ['present', 'present', 1],
  ['cycle_count', 'cyclecount', 1],
  ['energy_now', 'energy_watthour', 1e6],
  ['energy_full', 'energy_full', 1e6],
  ['energy_full_design', 'energy_full_design', 1e6],
  ['power_now', 'power_watt', 1e6],
  ['voltage_now', 'voltage_volt', 1e6],
  ['voltage_min_design', 'voltage_min_design', 1e6],
  ['charge_now', 'charge_ampere', 1e6],
  ['charge_full', 'charge_full', 1e6],
  ['charge_full_design', 'charge_full_design', 1e6],
  ['current_now', 'current_ampere', 1e6],
] as const;

const SUPPLY_TEXTS = ['capacity_level', 'manufacturer', 'model_name', 'serial_number', 'status', 'technology', 'type'];

export function powerSupplyCollector(files: SystemFiles): Collector {
  const base = path.join(files.sys, 'class/power_supply');
  return {
    name: 'powersupplyclass',
    collect: (page) => {
      for (const supply of files.names(base)) {
        const folder = path.join(base, supply);
        for (const [file, name, divisor] of SUPPLY_FIGURES)
          page.gauge(
            `node_power_supply_${name}`,
            `${name} value of /sys/class/power_supply/<power_supply>.`,
            files.number(path.join(folder, file)) / divisor,
            { power_supply: supply },
          );
        const texts = SUPPLY_TEXTS.map((name) => [name, files.text(path.join(folder, name))]);
        page.gauge('node_power_supply_info', 'info of /sys/class/power_supply/<power_supply>.', 1, {
          power_supply: supply,
          ...Object.fromEntries(texts.filter(([, text]) => text !== '')),
        });
      }
    },
  };
}
