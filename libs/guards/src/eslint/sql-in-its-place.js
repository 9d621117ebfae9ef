import { isFromPackage, onModuleSource } from './module-sources.js';

/**
 * TypeORM, the PostgreSQL driver and SQL itself stand in adapters and read models, nowhere else: a decision or a route
 * that knows a table cannot be moved to another engine. Which files may is settled in `eslint.config.js`.
 */
const drivers = ['pg', 'pg-*', '@types/pg', 'typeorm', '@nestjs/typeorm'];

/** The beginning of a statement, as it is written here: keywords in capitals. */
const statement = /^\s*(SELECT\s|INSERT INTO\s|UPDATE\s+\S+\s+SET\s|DELETE FROM\s|WITH\s+\S+\s+AS\s|(CREATE|ALTER|DROP)\s+(TABLE|INDEX|UNIQUE|SCHEMA|ROLE|TRIGGER|DATABASE|FUNCTION)\s|TRUNCATE\s|GRANT\s|REVOKE\s)/;

/** @type {import('eslint').Rule.RuleModule} */
export default {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      driver: '`{{source}}` belongs in an adapter or a read model. Ask a port here.',
      statement: 'SQL belongs in an adapter or a read model. Ask a port here.',
    },
  },
  create(context) {
    const sql = (node, text) => statement.test(text) && context.report({ node, messageId: 'statement' });
    return {
      ...onModuleSource((node, source) => {
        if (drivers.some((name) => isFromPackage(source, name))) context.report({ node, messageId: 'driver', data: { source } });
      }),
      Literal: (node) => typeof node.value === 'string' && sql(node, node.value),
      TemplateLiteral: (node) => sql(node, node.quasis[0].value.raw),
    };
  },
};
