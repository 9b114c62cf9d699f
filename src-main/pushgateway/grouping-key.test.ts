import { describe, expect, it } from 'vitest';
import { labelsFromRecord } from '../model/labels.ts';
import { PushError } from './errors.ts';
import { parseGroupingKey } from './grouping-key.ts';

describe('parseGroupingKey', () => {
  it.each([
    ['job/backup', { job: 'backup' }],
    ['job/backup/', { job: 'backup' }],
    ['job/backup/instance/db1', { job: 'backup', instance: 'db1' }],
    ['job@base64/cGF0aC93aXRoL3NsYXNo', { job: 'path/with/slash' }],
    ['job/pad/dir@base64/L3Zhci90bXA=', { job: 'pad', dir: '/var/tmp' }],
    ['job/x/a/1/a/2', { job: 'x', a: '2' }],
  ])('reads %s', (path, labels) => expect(parseGroupingKey(path)).toEqual(labelsFromRecord(labels)));

  it('keeps an empty value in the key', () =>
    expect(parseGroupingKey('job/e/empty@base64/=')).toEqual(['empty', '', 'job', 'e']));

  it.each([
    ['job/', 'job name is required'],
    ['job@base64/=', 'job name is required'],
    ['job/odd/labelonly', 'odd number of components in label string "/labelonly"'],
    ['job/j/bad-name/v', 'improper label name "bad-name"'],
    ['job/j/__x/v', 'improper label name "__x"'],
    ['job/e/empty@base64/!!!', 'invalid base64 encoding for label empty="!!!": illegal base64 data at input byte 0'],
  ])('refuses %s', (path, message) => expect(() => parseGroupingKey(path)).toThrow(new PushError(message)));
});
