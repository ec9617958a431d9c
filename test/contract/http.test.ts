import { describeContract } from './contract.ts';
import { overHttp } from './places.ts';

describeContract(overHttp('process'));
