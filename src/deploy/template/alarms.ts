/** Alarms of a function: it fails, it is refused, it comes near its timeout. Pure. */
import { ref, sub, type Intrinsic } from './intrinsics.ts';

const NEAR_PERCENT = 90;
const FIVE_MINUTES_S = 300;

/** Resources of a template with the parameters `Timeout` and `AlarmTopicArn` and the condition `HasAlarmTopic`. */
export function alarms(functionId: string): object {
  return {
    ErrorsAlarm: alarm('An invocation of ${FunctionName} failed.', {
      ...metricOf(functionId, 'Errors'),
      Threshold: 1,
      EvaluationPeriods: 1,
    }),
    // A pool slows down when it is refused and tries again: what lasts is worth an alarm.
    ThrottlesAlarm: alarm('Invocations of ${FunctionName} have been refused for 15 minutes.', {
      ...metricOf(functionId, 'Throttles'),
      Threshold: 1,
      EvaluationPeriods: 3,
    }),
    DurationAlarm: alarm(`An invocation of \${FunctionName} took more than ${NEAR_PERCENT} % of its timeout.`, {
      Metrics: durations(functionId),
      Threshold: NEAR_PERCENT,
      EvaluationPeriods: 1,
    }),
  };
}

function alarm(description: string, properties: object): object {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmDescription: sub(description),
      ...properties,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: { 'Fn::If': ['HasAlarmTopic', [ref('AlarmTopicArn')], ref('AWS::NoValue')] },
    },
  };
}

function dimensions(functionId: string): readonly object[] {
  return [{ Name: 'FunctionName', Value: ref(functionId) }];
}

function metricOf(functionId: string, name: string): object {
  return {
    Namespace: 'AWS/Lambda',
    MetricName: name,
    Dimensions: dimensions(functionId),
    Statistic: 'Sum',
    Period: FIVE_MINUTES_S,
  };
}

/** Percent of the timeout, which is a parameter: only the metric can divide by it. */
function durations(functionId: string): readonly object[] {
  const longest: Intrinsic = {
    Metric: { Namespace: 'AWS/Lambda', MetricName: 'Duration', Dimensions: dimensions(functionId) },
    Period: FIVE_MINUTES_S,
    Stat: 'Maximum',
  };
  return [
    {
      Id: 'percent',
      Expression: sub('100 * longest / (1000 * ${Timeout})'),
      Label: 'Longest invocation, percent of the timeout',
    },
    { Id: 'longest', MetricStat: longest, ReturnData: false },
  ];
}
