import type { BuildInfo } from './parts.ts';

export function buildInfo(version: string): BuildInfo {
  return {
    version,
    revision: '',
    branch: '',
    buildUser: '',
    buildDate: '',
    goVersion: `node ${process.versions.node}`,
  };
}
