import { isFromPackage, onModuleSource } from './module-sources.js';

/**
 * Kafka and EventStoreDB are known to their adapters alone: what runs on one machine over PostgreSQL runs at scale over
 * them unchanged. Which folders hold the adapters is settled in `eslint.config.js`.
 */
const engines = ['kafkajs', '@eventstore/*', '@kurrent/*', '@confluentinc/*'];

/** @type {import('eslint').Rule.RuleModule} */
export default {
  meta: {
    type: 'problem',
    schema: [],
    messages: { misplaced: '`{{source}}` belongs in the adapter of its port. Ask the port here.' },
  },
  create: (context) =>
    onModuleSource((node, source) => {
      if (engines.some((name) => isFromPackage(source, name))) context.report({ node, messageId: 'misplaced', data: { source } });
    }),
};
