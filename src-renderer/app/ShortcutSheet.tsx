import { Modal } from '@mantine/core';
import classes from './ShortcutSheet.module.css';
import { SHORTCUTS } from './shortcuts.ts';

interface ShortcutSheetProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function ShortcutSheet({ opened, onClose }: ShortcutSheetProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Keyboard shortcuts"
      size={760}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={classes.groups}>
        {SHORTCUTS.map(({ title, shortcuts }) => (
          <section key={title}>
            <h3 className={classes.title}>{title}</h3>
            <dl className={classes.list}>
              {shortcuts.map(({ keys, does }) => (
                <div key={keys} className={classes.line}>
                  <dt>{does}</dt>
                  <dd>
                    <kbd>{keys}</kbd>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
