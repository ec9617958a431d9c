import { describeContract } from './contract.ts';
import { inProcess } from './places.ts';

describeContract(inProcess('thread'));
