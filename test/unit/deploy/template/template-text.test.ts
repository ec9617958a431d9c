import { describe, expect, it } from 'vitest';
import { templateText } from '../../../../src/deploy/template/template-text.ts';

describe('templateText', () => {
  it('writes the functions of CloudFormation in their short form', async () => {
    const text = await templateText({
      A: { Ref: 'Name' },
      B: { 'Fn::GetAtt': ['Role', 'Arn'] },
      C: { 'Fn::Sub': 'arn:${AWS::Partition}:x' },
      D: { 'Fn::If': ['HasTopic', [{ Ref: 'Topic' }], { Ref: 'AWS::NoValue' }] },
    });
    expect(text).toBe(
      [
        'A: !Ref Name',
        'B: !GetAtt Role.Arn',
        'C: !Sub arn:${AWS::Partition}:x',
        'D: !If [ HasTopic, [ !Ref Topic ], !Ref AWS::NoValue ]',
        '',
      ].join('\n'),
    );
  });

  it.each(['yes', 'off', 'y', '0123', '1_000', '12:30', '2026-11-01', '1e3', 'null', '~', '0x1f', '!Ref x', '', ' x'])(
    'quotes the text %j, which YAML 1.1 would take for something else',
    async (text) => {
      expect(await templateText({ A: text })).toBe(`A: ${JSON.stringify(text)}\n`);
    },
  );

  it('never breaks a line', async () => {
    const long = 'word '.repeat(60).trim();
    expect(await templateText({ A: long })).toBe(`A: ${long}\n`);
  });
});
