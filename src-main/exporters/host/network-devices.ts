/** Network devices (node_exporter's collectors netdev, netclass and arp). */
import path from 'node:path';
import type { MetricPage } from '../metric-page.ts';
import type { Collector } from './collector.ts';
import { type SystemFiles, words } from './system-files.ts';

/** Columns of /proc/net/dev. */
const RECEIVE = ['bytes', 'packets', 'errs', 'drop', 'fifo', 'frame', 'compressed', 'multicast'];
const TRANSMIT = ['bytes', 'packets', 'errs', 'drop', 'fifo', 'colls', 'carrier', 'compressed'];

export function networkTrafficCollector(files: SystemFiles): Collector {
  return {
    name: 'netdev',
    collect: (page) => {
      for (const line of files.procLines('net/dev').slice(2)) {
        const colon = line.lastIndexOf(':');
        const device = line.slice(0, colon).trim();
        const values = words(line.slice(colon + 1)).map(Number);
        const tell = (direction: string, column: string, value: number) =>
          page.counter(
            `node_network_${direction}_${column}_total`,
            `Network device statistic ${direction}_${column}.`,
            value,
            { device },
          );
        for (const [i, column] of RECEIVE.entries()) tell('receive', column, values[i] ?? Number.NaN);
        const statistics = path.join(files.sys, 'class/net', device, 'statistics');
        tell('receive', 'nohandler', files.number(path.join(statistics, 'rx_nohandler')));
        for (const [i, column] of TRANSMIT.entries())
          tell('transmit', column, values[RECEIVE.length + i] ?? Number.NaN);
      }
    },
  };
}

/** Files of /sys/class/net/<device>, the property's name and the factor to base units. */
const PROPERTIES = [
  ['addr_assign_type', 'gauge', 'address_assign_type', 1],
  ['carrier', 'gauge', 'carrier', 1],
  ['carrier_changes', 'counter', 'carrier_changes_total', 1],
  ['carrier_up_count', 'counter', 'carrier_up_changes_total', 1],
  ['carrier_down_count', 'counter', 'carrier_down_changes_total', 1],
  ['dev_id', 'gauge', 'device_id', 1],
  ['dormant', 'gauge', 'dormant', 1],
  ['flags', 'gauge', 'flags', 1],
  ['ifindex', 'gauge', 'iface_id', 1],
  ['iflink', 'gauge', 'iface_link', 1],
  ['link_mode', 'gauge', 'iface_link_mode', 1],
  ['mtu', 'gauge', 'mtu_bytes', 1],
  ['name_assign_type', 'gauge', 'name_assign_type', 1],
  ['netdev_group', 'gauge', 'net_dev_group', 1],
  ['type', 'gauge', 'protocol_type', 1],
  ['speed', 'gauge', 'speed_bytes', 125_000],
  ['tx_queue_len', 'gauge', 'transmit_queue_length', 1],
] as const;

export function networkClassCollector(files: SystemFiles): Collector {
  const base = path.join(files.sys, 'class/net');
  return {
    name: 'netclass',
    collect: (page) => {
      for (const device of files.names(base)) {
        const folder = path.join(base, device);
        // bonding_masters is a plain file among the devices.
        const operstate = files.text(path.join(folder, 'operstate'));
        if (operstate === '') continue;
        tellClass(files, page, { device, folder, operstate });
      }
    },
  };
}

function tellClass(
  files: SystemFiles,
  page: MetricPage,
  { device, folder, operstate }: { readonly device: string; readonly folder: string; readonly operstate: string },
): void {
  const text = (name: string) => files.text(path.join(folder, name));
  page.gauge('node_network_up', "Value is 1 if operstate is 'up', 0 otherwise.", operstate === 'up' ? 1 : 0, {
    device,
  });
  page.gauge('node_network_info', 'Non-numeric data from /sys/class/net/<iface>, value is always 1.', 1, {
    device,
    address: text('address'),
    broadcast: text('broadcast'),
    duplex: text('duplex'),
    operstate,
    adminstate: (Number(text('flags')) & 1) === 1 ? 'up' : 'down',
    ifalias: text('ifalias'),
  });
  for (const [file, type, name, factor] of PROPERTIES)
    page[type](
      `node_network_${name}`,
      `Network device property: ${name}`,
      files.number(path.join(folder, file)) * factor,
      { device },
    );
}

export function arpCollector(files: SystemFiles): Collector {
  return {
    name: 'arp',
    collect: (page) => {
      const entries = new Map<string, number>();
      for (const line of files.procLines('net/arp').slice(1)) {
        const device = words(line)[5] ?? '';
        entries.set(device, (entries.get(device) ?? 0) + 1);
      }
      for (const [device, count] of entries) page.gauge('node_arp_entries', 'ARP entries by device', count, { device });
    },
  };
}
