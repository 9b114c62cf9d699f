import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Silence } from '../../../shared/alerts.ts';
import { useCall } from '../../ipc/use-call.ts';
import { Fact, Facts, Inspector, Section } from '../../ui/Inspector.tsx';
import { Failure } from '../../ui/Notice.tsx';
import { StateMark } from '../../ui/StateMark.tsx';
import { Moment } from '../../ui/TimeText.tsx';
import { Matchers } from './Matchers.tsx';
import { SILENCE_STATES } from './silences-search.ts';

interface SilenceInspectorProps {
  readonly silence: Silence;
  readonly expiring: boolean;
  readonly error: Error | null;
  readonly onExpire: () => void;
  readonly onClose: () => void;
}

export function SilenceInspector({ silence, expiring, error, onExpire, onClose }: SilenceInspectorProps) {
  const state = SILENCE_STATES.find((each) => each.value === silence.state);
  const expired = silence.state === 'expired';
  return (
    <Inspector
      title={silence.comment === '' ? 'Silence' : silence.comment}
      onClose={onClose}
      actions={
        <>
          <Button
            variant={expired ? 'filled' : 'default'}
            renderRoot={(props) => <Link {...props} to="/silences/new" search={{ id: silence.id }} />}
          >
            {expired ? 'Silence again' : 'Edit'}
          </Button>
          {!expired && (
            <Button variant="default" loading={expiring} onClick={onExpire}>
              Expire now
            </Button>
          )}
        </>
      }
    >
      {error !== null && <Failure what="The silence could not be expired." error={error} />}
      <Facts>
        <Fact name="State">{state !== undefined && <StateMark mark={state.mark} word={state.word} />}</Fact>
        <Fact name="Starts">
          <Moment ms={silence.startsAtMs} />
        </Fact>
        <Fact name={expired ? 'Ended' : 'Ends'}>
          <Moment ms={silence.endsAtMs} />
        </Fact>
        <Fact name="By">{silence.createdBy}</Fact>
        <Fact name="Id">
          <code>{silence.id}</code>
        </Fact>
      </Facts>
      <Section title="Matchers">
        <Matchers matchers={silence.matchers} wrap />
      </Section>
      {!expired && <Silenced silence={silence} />}
    </Inspector>
  );
}

function Silenced({ silence }: { readonly silence: Silence }) {
  const list = useCall('alerts.list', {});
  const alerts = (list.data?.alerts ?? []).filter((alert) => alert.silencedBy.includes(silence.id));
  return (
    <Section title={`Silences ${alerts.length} ${alerts.length === 1 ? 'alert' : 'alerts'} now`}>
      {alerts.map((alert) => (
        <p key={alert.fingerprint} style={{ margin: '0 0 4px' }}>
          <Link to="/alerts" search={{ fingerprint: alert.fingerprint }}>
            {alert.name}
          </Link>{' '}
          <span className="muted">{alert.labels.instance ?? ''}</span>
        </p>
      ))}
    </Section>
  );
}
