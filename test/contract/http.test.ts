import { overHttp } from './places.ts';
import { describePoolContract } from './pool.ts';

describePoolContract(overHttp('process'));
