/** The part of IAM that deploying uses, in memory. */
import { ApiError } from './api-error.ts';

export interface FakeRole {
  readonly path: string;
  readonly trust: string;
  readonly tags: Map<string, string>;
  readonly policies: Map<string, string>;
  readonly attached: string[];
}

const ACCOUNT = '123456789012';

export class FakeIam {
  readonly roles = new Map<string, FakeRole>();

  /** Answers a request of the query protocol with the inside of its result, as XML. */
  answer(action: string, form: URLSearchParams): string {
    const name = form.get('RoleName') ?? '';
    if (action === 'CreateRole') return this.#create(name, form);
    const role = this.#role(name);
    const policy = form.get('PolicyName') ?? '';
    switch (action) {
      case 'GetRole':
        return roleXml(name, role);
      case 'GetRolePolicy': {
        const document = role.policies.get(policy);
        if (document === undefined) throw missing(policy);
        return `<PolicyName>${policy}</PolicyName><PolicyDocument>${encodeURIComponent(document)}</PolicyDocument>`;
      }
      case 'PutRolePolicy':
        role.policies.set(policy, form.get('PolicyDocument') ?? '');
        return '';
      case 'DeleteRolePolicy':
        role.policies.delete(policy);
        return '';
      case 'ListRolePolicies':
        return list('PolicyNames', [...role.policies.keys()]);
      case 'ListAttachedRolePolicies':
        return list(
          'AttachedPolicies',
          role.attached.map((arn) => `<PolicyArn>${arn}</PolicyArn>`),
        );
      case 'DetachRolePolicy':
        role.attached.splice(role.attached.indexOf(form.get('PolicyArn') ?? ''), 1);
        return '';
      case 'TagRole':
        for (const [key, value] of tagsOf(form)) role.tags.set(key, value);
        return '';
      case 'UntagRole':
        for (const [key, value] of form) if (key.startsWith('TagKeys.member.')) role.tags.delete(value);
        return '';
      case 'DeleteRole':
        if (role.policies.size + role.attached.length > 0) {
          throw new ApiError(409, 'DeleteConflict', 'Cannot delete entity, must delete policies first.');
        }
        this.roles.delete(name);
        return '';
      default:
        throw new ApiError(400, 'InvalidAction', `No ${action} here.`);
    }
  }

  #create(name: string, form: URLSearchParams): string {
    if (this.roles.has(name)) throw new ApiError(409, 'EntityAlreadyExists', `Role with name ${name} already exists.`);
    const role: FakeRole = {
      path: form.get('Path') ?? '/',
      trust: form.get('AssumeRolePolicyDocument') ?? '',
      tags: tagsOf(form),
      policies: new Map(),
      attached: [],
    };
    this.roles.set(name, role);
    return roleXml(name, role);
  }

  #role(name: string): FakeRole {
    const role = this.roles.get(name);
    if (role === undefined) throw missing(name);
    return role;
  }
}

function missing(name: string): ApiError {
  return new ApiError(404, 'NoSuchEntity', `The role or policy with name ${name} cannot be found.`);
}

function tagsOf(form: URLSearchParams): Map<string, string> {
  const tags = new Map<string, string>();
  for (let index = 1; form.has(`Tags.member.${index}.Key`); index += 1) {
    tags.set(form.get(`Tags.member.${index}.Key`) ?? '', form.get(`Tags.member.${index}.Value`) ?? '');
  }
  return tags;
}

function roleXml(name: string, { path, tags }: FakeRole): string {
  const members = [...tags].map(([key, value]) => `<Key>${key}</Key><Value>${value}</Value>`);
  const arn = `arn:aws:iam::${ACCOUNT}:role${path}${name}`;
  return `<Role><Path>${path}</Path><RoleName>${name}</RoleName><Arn>${arn}</Arn>${list('Tags', members)}</Role>`;
}

function list(name: string, members: readonly string[]): string {
  return `<${name}>${members.map((each) => `<member>${each}</member>`).join('')}</${name}>`;
}
