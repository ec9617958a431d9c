/** A template as the YAML that people write: `!Ref Name` instead of `Ref: Name` on a line of its own. */
import type * as yaml from 'yaml';

type Yaml = typeof yaml;

/** CloudFormation reads YAML 1.1, where `yes`, `012` and `12:30` are no texts unless they are quoted. */
export async function templateText(template: object): Promise<string> {
  const loaded = await import('yaml');
  const document = new loaded.Document(undefined, { version: '1.1' });
  document.contents = document.createNode(shortened(template, loaded, document));
  return document.toString({ lineWidth: 0, directives: false, indentSeq: true });
}

function shortened(value: unknown, lib: Yaml, document: yaml.Document): unknown {
  if (Array.isArray(value)) return value.map((each) => shortened(each, lib, document));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  const tagged = only !== undefined && entries.length === 1 ? shortForm(only, lib, document) : undefined;
  return tagged ?? Object.fromEntries(entries.map(([key, each]) => [key, shortened(each, lib, document)]));
}

/** Undefined for what is no function of CloudFormation's. */
function shortForm(
  [key, value]: readonly [string, unknown],
  lib: Yaml,
  document: yaml.Document,
): yaml.Node | undefined {
  if (key === 'Ref') return tag(new lib.Scalar(value), '!Ref');
  if (key === 'Fn::Sub') return tag(new lib.Scalar(value), '!Sub');
  if (key === 'Fn::GetAtt' && Array.isArray(value)) return tag(new lib.Scalar(value.join('.')), '!GetAtt');
  if (!key.startsWith('Fn::') || !Array.isArray(value)) return undefined;
  const list = document.createNode(shortened(value, lib, document)) as yaml.YAMLSeq;
  list.flow = true;
  return tag(list, `!${key.slice('Fn::'.length)}`);
}

function tag<T extends yaml.Scalar | yaml.YAMLSeq>(node: T, name: string): T {
  node.tag = name;
  return node;
}
