import { inProcess } from './places.ts';
import { describePoolContract } from './pool.ts';

describePoolContract(inProcess('thread'));
