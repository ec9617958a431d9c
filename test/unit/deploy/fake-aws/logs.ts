/** The part of CloudWatch Logs that deploying uses, in memory. */
import { ApiError } from './api-error.ts';

export interface FakeLogGroup {
  retentionInDays: number | undefined;
  readonly tags: Record<string, string>;
}

export interface FakeLogEvent {
  readonly eventId: string;
  readonly timestamp: number;
  readonly message: string;
}

interface Input {
  readonly logGroupName?: string;
  readonly logGroupNamePrefix?: string;
  readonly retentionInDays?: number;
  readonly resourceArn?: string;
  readonly startTime?: number;
  readonly nextToken?: string;
  readonly tags?: Record<string, string>;
}

const PREFIX = 'arn:aws:logs:eu-central-1:123456789012:log-group:';
const PAGE = 2;

export class FakeLogs {
  readonly groups = new Map<string, FakeLogGroup>();
  /** Of all groups. */
  readonly events: FakeLogEvent[] = [];

  answer(action: string, input: Input): object {
    const name = input.logGroupName ?? '';
    switch (action) {
      case 'CreateLogGroup':
        if (this.groups.has(name)) throw new ApiError(400, 'ResourceAlreadyExistsException', 'It exists.');
        this.groups.set(name, { retentionInDays: undefined, tags: input.tags ?? {} });
        return {};
      case 'DescribeLogGroups':
        return {
          logGroups: [...this.groups]
            .filter(([each]) => each.startsWith(input.logGroupNamePrefix ?? ''))
            .map(([each, { retentionInDays }]) => ({
              logGroupName: each,
              arn: `${PREFIX}${each}:*`,
              ...(retentionInDays !== undefined && { retentionInDays }),
            })),
        };
      case 'PutRetentionPolicy':
        this.#group(name).retentionInDays = input.retentionInDays;
        return {};
      case 'ListTagsForResource':
        return { tags: this.#group((input.resourceArn ?? '').slice(PREFIX.length)).tags };
      case 'DeleteLogGroup':
        this.#group(name);
        this.groups.delete(name);
        return {};
      case 'FilterLogEvents':
        this.#group(name);
        return this.#page(input);
      default:
        throw new ApiError(400, 'UnknownOperationException', `No ${action} here.`);
    }
  }

  #page({ startTime = 0, nextToken = '0' }: Input): object {
    const found = this.events.filter(({ timestamp }) => timestamp >= startTime);
    const from = Number(nextToken);
    const events = found.slice(from, from + PAGE).map((event) => ({ ...event, logStreamName: 'stream' }));
    return { events, ...(from + PAGE < found.length && { nextToken: String(from + PAGE) }) };
  }

  #group(name: string): FakeLogGroup {
    const group = this.groups.get(name);
    if (group === undefined) throw new ApiError(400, 'ResourceNotFoundException', 'No such log group.');
    return group;
  }
}
