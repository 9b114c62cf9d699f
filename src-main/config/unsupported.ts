import type { YamlMap } from './yaml-map.ts';

/** Refuses a key that Prometheus knows and Hearth cannot honour yet, unless it is left empty. */
export function refuse(section: YamlMap, key: string): void {
  if (!section.has(key) || isEmpty(section, key)) return;
  section.failKey(key, `not supported by Hearth yet: ${key}`);
}

function isEmpty(section: YamlMap, key: string): boolean {
  const node = section.source.resolve(section.value(key));
  if (node === null) return true;
  if ('items' in node && Array.isArray(node.items)) return node.items.length === 0;
  return 'value' in node && node.value === '';
}

/** Service discoveries of Prometheus 3.14 that Hearth has not. */
export const FOREIGN_DISCOVERIES = [
  'aws_sd_configs',
  'azure_sd_configs',
  'consul_sd_configs',
  'digitalocean_sd_configs',
  'dns_sd_configs',
  'docker_sd_configs',
  'dockerswarm_sd_configs',
  'ec2_sd_configs',
  'elasticache_sd_configs',
  'eureka_sd_configs',
  'gce_sd_configs',
  'hetzner_sd_configs',
  'http_sd_configs',
  'ionos_sd_configs',
  'kubernetes_sd_configs',
  'kuma_sd_configs',
  'lightsail_sd_configs',
  'linode_sd_configs',
  'marathon_sd_configs',
  'msk_sd_configs',
  'nerve_sd_configs',
  'nomad_sd_configs',
  'oci_sd_configs',
  'openstack_sd_configs',
  'outscale_sd_configs',
  'ovhcloud_sd_configs',
  'puppetdb_sd_configs',
  'rds_sd_configs',
  'scaleway_sd_configs',
  'serverset_sd_configs',
  'stackit_sd_configs',
  'triton_sd_configs',
  'uyuni_sd_configs',
  'vultr_sd_configs',
] as const;
