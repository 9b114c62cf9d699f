import { expect, it } from 'vitest';
import { explainScrapeError } from './scrape-error.ts';

const context = { url: 'http://localhost:8080/metrics', timeoutMs: 10_000 };

it.each([
  ['Get "http://localhost:8080/metrics": context deadline exceeded', 'No complete answer within 10 s.'],
  ['connect ECONNREFUSED 127.0.0.1:8080', 'Nothing listens on localhost:8080.'],
  ['server returned HTTP status 404 Not Found', 'There is nothing at /metrics (HTTP 404).'],
  ['server returned HTTP status 503 Service Unavailable', 'The target answered with HTTP 503.'],
  ['server returned HTTP status 401 Unauthorized', 'The target asks for credentials (HTTP 401).'],
  ['expected a valid start token, got "<"', 'The metrics page has a line that cannot be read.'],
  ['body size limit exceeded', 'The answer is larger than this job allows.'],
])('explains %s', (error, sentence) => expect(explainScrapeError(error, context)?.sentence).toBe(sentence));

it('does not pretend to know', () => expect(explainScrapeError('gremlins', context)).toBeNull());
