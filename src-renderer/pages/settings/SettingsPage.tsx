import { Button, SegmentedControl, useMantineColorScheme } from '@mantine/core';
import { useCall, useChange } from '../../ipc/use-call.ts';
import { Fact, Facts, Section } from '../../ui/Inspector.tsx';
import { Failure, Waiting } from '../../ui/Notice.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import page from '../../ui/page.module.css';
import { Moment } from '../../ui/TimeText.tsx';

export function SettingsPage() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const status = useCall('status.get', {}, { refetchMs: 5000 });
  return (
    <>
      <PageHeader title="Settings" />
      <div className={page.scroll}>
        <div className={page.column}>
          <Section level={2} title="Theme">
            <SegmentedControl
              aria-label="Theme"
              value={colorScheme}
              onChange={(value) => setColorScheme(value === 'light' || value === 'dark' ? value : 'auto')}
              data={[
                { value: 'auto', label: 'As the system' },
                { value: 'light', label: 'Light' },
                { value: 'dark', label: 'Dark' },
              ]}
            />
          </Section>
          <ConfigurationSection />
          <Section level={2} title="This Hearth">
            {status.error !== null && status.data === undefined && (
              <Failure
                what="The engine's status could not be read."
                error={status.error}
                retry={() => void status.refetch()}
              />
            )}
            {status.isPending && <Waiting rows={4} />}
            {status.data !== undefined && (
              <Facts>
                <Fact name="Version">{status.data.version}</Fact>
                <Fact name="Running since">
                  <Moment ms={status.data.startedMs} />
                </Fact>
                <Fact name="Data">
                  <code>{status.data.dataDir}</code>
                </Fact>
                {status.data.faces.map((face) => (
                  <Fact key={face.name} name={`${face.name[0]?.toUpperCase() ?? ''}${face.name.slice(1)} API`}>
                    {face.url === '' ? 'off' : <code>{face.url}</code>}
                    {face.wantedPort !== 0 && <span className="muted"> (port {face.wantedPort} was taken)</span>}
                  </Fact>
                ))}
              </Facts>
            )}
          </Section>
        </div>
      </div>
    </>
  );
}

function ConfigurationSection() {
  const config = useCall('config.get', {});
  const reload = useChange('config.reload', ['config.get', 'status.get', 'targets.list', 'alerts.list']);
  const problems = reload.data?.problems ?? [];
  return (
    <Section level={2} title="Configuration files">
      {config.data !== undefined && (
        <Facts>
          <Fact name="Scraping and rules">
            <code>{config.data.configFile}</code>
          </Fact>
          <Fact name="Notifications">
            <code>{config.data.alertmanagerConfigFile}</code>
          </Fact>
        </Facts>
      )}
      {config.error !== null && <Failure what="The configuration could not be read." error={config.error} />}
      {reload.error !== null && <Failure what="The files could not be read again." error={reload.error} />}
      <div style={{ display: 'flex', alignItems: 'center', gap: 12, marginTop: 8 }}>
        <Button variant="default" loading={reload.isPending} onClick={() => reload.mutate({})}>
          Read the files again
        </Button>
        <span role="status">
          {reload.isSuccess && problems.length === 0 && 'Read; they are in force now.'}
          {problems.map((problem) => (
            <span key={`${problem.file} ${problem.line}`} style={{ color: 'var(--critical)' }}>
              {problem.file}:{problem.line}:{problem.column} {problem.reason}
            </span>
          ))}
        </span>
      </div>
    </Section>
  );
}
