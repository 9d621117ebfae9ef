import { mainJob } from './main-job.suite.js';
import { PlatformUnderTest } from './platform-under-test.js';

mainJob('in one process', () => PlatformUnderTest.start());
mainJob('with each service as a process', () => PlatformUnderTest.start({ processes: true }));
