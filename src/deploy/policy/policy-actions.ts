/** Which permissions deploying needs, as data: by the resource that they are about. A test compares them with the code. */

/** On the function itself. */
export const FUNCTION_ACTIONS: readonly string[] = [
  'lambda:CreateFunction',
  'lambda:DeleteFunction',
  'lambda:GetFunction',
  'lambda:GetFunctionConfiguration',
  // The first call, which makes sure that the function holds what was sent.
  'lambda:InvokeFunction',
  // CreateFunction with tags and GetFunction's tags need these, too.
  'lambda:ListTags',
  'lambda:TagResource',
  'lambda:UntagResource',
  'lambda:UpdateFunctionCode',
  'lambda:UpdateFunctionConfiguration',
];

/** On no resource: IAM takes only `*`. */
export const ACCOUNT_ACTIONS: readonly string[] = ['lambda:GetAccountSettings', 'lambda:ListFunctions'];

/** On the role that is made for the function. */
export const ROLE_ACTIONS: readonly string[] = [
  'iam:CreateRole',
  'iam:DeleteRole',
  'iam:DeleteRolePolicy',
  'iam:DetachRolePolicy',
  'iam:GetRole',
  'iam:GetRolePolicy',
  'iam:ListAttachedRolePolicies',
  'iam:ListRolePolicies',
  'iam:PutRolePolicy',
  'iam:TagRole',
  'iam:UntagRole',
];

/** On the function's log group. */
export const LOG_GROUP_ACTIONS: readonly string[] = [
  'logs:CreateLogGroup',
  'logs:DeleteLogGroup',
  'logs:FilterLogEvents',
  'logs:ListTagsForResource',
  'logs:PutRetentionPolicy',
  // CreateLogGroup with tags.
  'logs:TagResource',
];

/** On the log groups of the region: it is a list. */
export const LOG_LIST_ACTIONS: readonly string[] = ['logs:DescribeLogGroups'];

/** On the code's place in a bucket. Lambda reads it with the permissions of whoever deploys. */
export const CODE_BUCKET_ACTIONS: readonly string[] = ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'];

/** On large calls and results in a bucket: the client presigns with its own permissions what the function reads and writes. */
export const PAYLOAD_BUCKET_ACTIONS: readonly string[] = ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'];

/**
 * What no request of ours is named after, and why it is needed all the same.
 * AWS: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html and
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html, read 2026-11
 */
export const IMPLIED_ACTIONS: Readonly<Record<string, string>> = {
  'iam:PassRole': 'CreateFunction and UpdateFunctionConfiguration name a role',
  'lambda:GetLayerVersion': 'they name layers',
  'lambda:ListTags': 'GetFunction answers with tags only then',
  'logs:TagResource': 'CreateLogGroup comes with tags',
  's3:GetObject': 'Lambda reads the code from the bucket',
  'ec2:DescribeSecurityGroups': 'Lambda checks the VPC with the permissions of whoever deploys',
  'ec2:DescribeSubnets': 'as above',
  'ec2:DescribeVpcs': 'as above',
};

export const VPC_ACTIONS: readonly string[] = ['ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs'];
