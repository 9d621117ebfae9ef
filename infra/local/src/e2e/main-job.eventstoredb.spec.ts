import { randomUUID } from 'node:crypto';

import { requireEventStoreUrl, untilAnswering } from '@cairn/event-store/testing';

import { mainJob } from './main-job.suite.js';
import { PlatformUnderTest } from './platform-under-test.js';

/** Streams of their own on the server that runs. */
const eventStore = () => ({ eventStore: { url: requireEventStoreUrl(), namespace: `main-job-${randomUUID().slice(0, 8)}-` } });

/** Services as processes are started again and again while their engine is away; that it is, is said before. */
const start = async (options: { readonly processes?: boolean } = {}): Promise<PlatformUnderTest> => {
  await untilAnswering(requireEventStoreUrl());
  return await PlatformUnderTest.start({ engines: eventStore(), ...options });
};

mainJob('with the record in EventStoreDB, in one process', () => start());
mainJob('with the record in EventStoreDB, with each service as a process', () => start({ processes: true }));
