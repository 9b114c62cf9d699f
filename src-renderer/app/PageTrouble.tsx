import { Button } from '@mantine/core';
import { type ErrorComponentProps, Link } from '@tanstack/react-router';
import { Empty, Failure } from '../ui/Notice.tsx';

export function NoSuchPage() {
  return (
    <>
      <h1 className="visually-hidden">No such page</h1>
      <Empty title="There is no such page" action={<Link to="/">Go to Home</Link>}>
        The link may come from another version of Hearth.
      </Empty>
    </>
  );
}

export function PageCrash({ error, reset }: ErrorComponentProps) {
  return (
    <div>
      <Failure
        what="This page has failed. Nothing is lost: the engine goes on scraping."
        error={error instanceof Error ? error : new Error(String(error))}
        retry={reset}
      />
      <Button variant="subtle" ml={12} onClick={() => window.location.reload()}>
        Reload the window
      </Button>
    </div>
  );
}
