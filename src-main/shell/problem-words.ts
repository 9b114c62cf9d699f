/** What the tray says about what is firing. */
export interface Problems {
  readonly critical: number;
  readonly warning: number;
  readonly targetsDown: number;
}

export type TrayState = 'starting' | 'ok' | 'warning' | 'critical';

export function trayState(problems: Problems | null): TrayState {
  if (problems === null) return 'starting';
  if (problems.critical > 0) return 'critical';
  return problems.warning > 0 || problems.targetsDown > 0 ? 'warning' : 'ok';
}

export function problemWords(problems: Problems | null): string {
  if (problems === null) return 'Starting';
  const parts = [
    counted(problems.critical, 'critical alert'),
    counted(problems.warning, 'warning'),
    problems.targetsDown === 0 ? '' : `${counted(problems.targetsDown, 'target')} down`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'Everything is fine' : parts.join(', ');
}

function counted(count: number, noun: string): string {
  if (count === 0) return '';
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}
