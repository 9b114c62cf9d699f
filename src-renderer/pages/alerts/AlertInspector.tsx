import { Button } from '@mantine/core';
import { IconBellOff, IconTerminal2 } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { AlertRow } from '../../../shared/alerts.ts';
import { printDuration } from '../../format/duration.ts';
import { quote } from '../../format/labels.ts';
import { useCall } from '../../ipc/use-call.ts';
import { Fact, Facts, Inspector, Section } from '../../ui/Inspector.tsx';
import { Labels } from '../../ui/Labels.tsx';
import page from '../../ui/page.module.css';
import { StateMark } from '../../ui/StateMark.tsx';
import { Moment } from '../../ui/TimeText.tsx';
import { Annotations } from './Annotations.tsx';
import { lookOf } from './alerts-search.ts';

interface AlertInspectorProps {
  readonly alert: AlertRow;
  readonly onSilence: () => void;
  /** Shows only alerts with this label. */
  readonly onFilter: (text: string) => void;
  readonly onClose: () => void;
}

export function AlertInspector({ alert, onSilence, onFilter, onClose }: AlertInspectorProps) {
  return (
    <Inspector
      title={alert.name}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onSilence} leftSection={<IconBellOff size={16} stroke={1.5} />}>
            Silence
          </Button>
          {alert.rule !== null && (
            <Button
              variant="default"
              renderRoot={(props) => (
                <Link {...props} to="/query" search={{ expr: alert.rule?.query ?? '', range: '1h' }} />
              )}
              leftSection={<IconTerminal2 size={16} stroke={1.5} />}
            >
              Open in Query
            </Button>
          )}
        </>
      }
    >
      <Facts>
        <Fact name="State">
          <StateMark {...lookOf(alert)} />
        </Fact>
        <Fact name="Active since">
          <Moment ms={alert.activeAtMs} />
        </Fact>
        {alert.firedAtMs > 0 && (
          <Fact name="Firing since">
            <Moment ms={alert.firedAtMs} />
          </Fact>
        )}
        <Fact name="Value">
          <code>{alert.value || '–'}</code>
        </Fact>
        {alert.receivers.length > 0 && <Fact name="Goes to">{alert.receivers.join(', ')}</Fact>}
        {alert.rule !== null && (
          <Fact name="Rule group">
            {alert.rule.group}
            {alert.rule.forMs > 0 && `, for ${printDuration(alert.rule.forMs)}`}
          </Fact>
        )}
      </Facts>
      {alert.silencedBy.length > 0 && (
        <Section title="Silenced by">
          <SilencedBy ids={alert.silencedBy} />
        </Section>
      )}
      {alert.inhibitedBy.length > 0 && (
        <Section title="Inhibited by">
          {alert.inhibitedBy.map((fingerprint) => (
            <Link key={fingerprint} to="/alerts" search={{ fingerprint }}>
              <code>{fingerprint}</code>
            </Link>
          ))}
        </Section>
      )}
      <Annotations annotations={alert.annotations} />
      <Section title="Labels">
        <Labels labels={alert.labels} onPick={(name, value) => onFilter(`${name}=${quote(value)}`)} />
      </Section>
      {alert.rule !== null && (
        <Section title="Expression">
          <pre className={page.pre}>{alert.rule.query}</pre>
        </Section>
      )}
    </Inspector>
  );
}

function SilencedBy({ ids }: { readonly ids: readonly string[] }) {
  const silences = useCall('silences.list', {});
  return ids.map((id) => {
    const silence = silences.data?.find((each) => each.id === id);
    return (
      <p key={id} style={{ margin: '0 0 4px' }}>
        <Link to="/silences" search={{ silence: id }}>
          {silence === undefined ? id : silence.comment || 'Silence without a comment'}
        </Link>
        {silence !== undefined && (
          <span className="muted">
            {' '}
            by {silence.createdBy}, ends <Moment ms={silence.endsAtMs} />
          </span>
        )}
      </p>
    );
  });
}
