import { beforeEach, describe, expect, test } from 'vitest';
import { pageOf, versionKey } from '../../../../emulator/control/paging.ts';
import { type FunctionRecord, Registry } from '../../../../emulator/control/registry.ts';
import { defaultSettings } from '../../../../emulator/control/settings.ts';
import { showConfiguration } from '../../../../emulator/control/configuration.ts';

const account = { accountId: '000000000000', region: 'us-east-1' };
const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:f';
const contents = (codeSha256: string) => ({ settings: defaultSettings('f'), codeSha256, codeBytes: 9 });

let registry: Registry;
let record: FunctionRecord;
beforeEach(() => {
  let revisions = 0;
  registry = new Registry(account, { newRevisionId: () => `r${(revisions += 1)}`, now: () => new Date(0) });
  record = registry.add('f', contents('one'), true);
});

describe('the registry', () => {
  test('leads a new function from Pending to Active, with a new revision', () => {
    expect(record.latest).toMatchObject({ state: 'Pending', lastUpdateStatus: undefined, revisionId: 'r1' });
    registry.complete(record.latest);
    expect(record.latest).toMatchObject({ state: 'Active', lastUpdateStatus: 'Successful', revisionId: 'r2' });
  });

  test('leads an update from InProgress to Successful, each with a new revision', () => {
    registry.complete(record.latest);
    registry.update(record, contents('two'));
    expect(record.latest).toMatchObject({ state: 'Active', lastUpdateStatus: 'InProgress', codeSha256: 'two' });
    expect(record.latest.revisionId).toBe('r3');
    registry.complete(record.latest);
    expect(record.latest).toMatchObject({ lastUpdateStatus: 'Successful', revisionId: 'r4' });
  });

  test('takes no update while the function is being made, updated, or unpacked', () => {
    const busy = {
      name: 'ResourceConflictException',
      status: 409,
      message: `The operation cannot be performed at this time. An update is in progress for resource: ${ARN}`,
    };
    expect(() => registry.assertUpdatable(record)).toThrow(expect.objectContaining(busy));
    registry.complete(record.latest);
    registry.assertUpdatable(record);
    registry.update(record, contents('two'));
    expect(() => registry.assertUpdatable(record)).toThrow(expect.objectContaining(busy));
    registry.complete(record.latest);
    record.isLocked = true;
    expect(() => registry.assertUpdatable(record)).toThrow(expect.objectContaining(busy));
  });

  test('takes an update only for the revision that it is meant for', () => {
    registry.complete(record.latest);
    registry.assertUpdatable(record, 'r2');
    expect(() => registry.assertUpdatable(record, 'r1')).toThrow(
      expect.objectContaining({
        name: 'PreconditionFailedException',
        status: 412,
        message:
          'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
      }),
    );
  });

  test('publishes what has changed as the next version, and gives the last one for what has not', () => {
    const first = registry.publish(record, 'the first');
    expect(first).toMatchObject({ isNew: true, version: { version: '1', settings: { description: 'the first' } } });
    expect(registry.publish(record)).toEqual({ isNew: false, version: first.version });
    registry.update(record, contents('two'));
    expect(registry.publish(record)).toMatchObject({ isNew: true, version: { version: '2', codeSha256: 'two' } });
    expect(first.version.codeSha256).toBe('one');
    const { settings } = record.latest;
    registry.update(record, { ...contents('two'), settings: { ...settings, memoryMb: 256 } });
    expect(registry.publish(record).version).toMatchObject({ version: '3', settings: { memoryMb: 256 } });
    expect(registry.findVersion('f', '2').settings.memoryMb).toBe(128);
  });

  test('never gives a number twice, also of versions that were deleted', () => {
    registry.publish(record);
    record.versions.delete('1');
    expect(registry.publish(record).version.version).toBe('2');
  });

  test('gives $LATEST a new revision when a version is made of it', () => {
    registry.publish(record);
    expect(record.latest.revisionId).not.toBe('r1');
  });

  test('keeps a name for a function that is being made', () => {
    const taken = { name: 'ResourceConflictException', status: 409, message: 'Function already exist: f' };
    expect(() => registry.reserve('f')).toThrow(expect.objectContaining(taken));
    const reserved = registry.reserve('g');
    expect(() => registry.reserve('g')).toThrow('Function already exist: g');
    reserved[Symbol.dispose]();
    registry.reserve('g')[Symbol.dispose]();
  });

  test('knows another function of the same name from the one that was deleted', () => {
    registry.delete('f');
    expect(() => registry.find('f')).toThrow(`Function not found: ${ARN}`);
    registry.add('f', contents('one'), true);
    expect(registry.has(record)).toBe(false);
  });
});

describe('a configuration', () => {
  const shown = (more: object = {}) => showConfiguration(record.latest, { account, functionName: 'f', ...more });

  test('has the members of AWS in their order', () => {
    expect(Object.keys(shown())).toEqual([
      'Architectures',
      'CodeSha256',
      'CodeSize',
      'Description',
      'EphemeralStorage',
      'FunctionArn',
      'FunctionName',
      'Handler',
      'LastModified',
      'LoggingConfig',
      'MemorySize',
      'PackageType',
      'RevisionId',
      'Role',
      'Runtime',
      'RuntimeVersionConfig',
      'SnapStart',
      'State',
      'StateReason',
      'StateReasonCode',
      'Timeout',
      'TracingConfig',
      'Version',
    ]);
    expect(shown()).toMatchObject({ LastModified: '1970-01-01T00:00:00.000+0000', StateReasonCode: 'Creating' });
  });

  test('gives a reason only for what is under way', () => {
    registry.complete(record.latest);
    expect(shown()).toMatchObject({ State: 'Active', LastUpdateStatus: 'Successful' });
    expect(shown()).not.toHaveProperty('StateReason');
    registry.update(record, contents('two'));
    expect(shown()).toMatchObject({ LastUpdateStatus: 'InProgress', LastUpdateStatusReasonCode: 'Creating' });
  });

  test('in a list has no states; qualified it names its version', () => {
    registry.complete(record.latest);
    const listed = shown({ isListed: true, isQualified: true });
    expect(listed.FunctionArn).toBe(`${ARN}:$LATEST`);
    expect(Object.keys(listed).filter((key) => /State|LastUpdate/.test(key))).toEqual([]);
  });
});

describe('a list in pages', () => {
  const all = (count: number) => Array.from({ length: count }, (_, index) => `f${String(index).padStart(3, '0')}`);
  const page = (items: readonly string[], maxItems?: number, marker?: string) =>
    pageOf(items, (each) => each, { maxItems, marker });

  test('has at most 50 in one, however many are asked for', () => {
    const first = page(all(120), 10_000);
    expect(first.items).toEqual(all(50));
    const second = page(all(120), undefined, first.nextMarker);
    const third = page(all(120), undefined, second.nextMarker);
    expect([...first.items, ...second.items, ...third.items]).toEqual(all(120));
    expect(third.nextMarker).toBeUndefined();
  });

  test('ends with the last item: a full last page has no marker', () => {
    expect(page(all(50)).nextMarker).toBeUndefined();
    expect(page(all(4), 2).nextMarker).toBeDefined();
  });

  test('goes on where it was, though the last item is gone and others have come', () => {
    const { nextMarker } = page(['b', 'd', 'f'], 2);
    expect(page(['a', 'b', 'c', 'e', 'f'], 2, nextMarker).items).toEqual(['e', 'f']);
  });

  test.each([0, 10_001])('of %d items is refused', (maxItems) => {
    expect(() => page([], maxItems)).toThrow("at 'maxItems' failed to satisfy constraint");
  });

  test('has the versions of a function in the order of their numbers, $LATEST first', () => {
    const versions = ['10', '9', '$LATEST', '1'];
    expect(pageOf(versions, (each) => versionKey('f', each), { maxItems: undefined, marker: undefined }).items).toEqual(
      ['$LATEST', '1', '9', '10'],
    );
  });
});
