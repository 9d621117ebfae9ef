/**
 * `@nestjs/cqrs` carries commands and queries. Its `EventBus` and sagas live in memory and lose what they carry when the
 * process dies, so a fact never goes through them: it is appended to the store and relayed from there.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
const forbidden = new Set([
  'AggregateRoot',
  'EventBus',
  'EventPublisher',
  'EventsHandler',
  'IEvent',
  'IEventBus',
  'IEventHandler',
  'IEventPublisher',
  'ISaga',
  'ofType',
  'Saga',
  'UnhandledExceptionBus',
]);

export default {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      forbidden: '`{{name}}` of @nestjs/cqrs loses facts when the process dies. Append to the store; the relay carries it.',
      whole: 'Import from @nestjs/cqrs by name, so that it is seen what is used.',
    },
  },
  create(context) {
    const check = (node, name) => forbidden.has(name) && context.report({ node, messageId: 'forbidden', data: { name } });
    const isCqrs = (source) => source?.value === '@nestjs/cqrs' || String(source?.value).startsWith('@nestjs/cqrs/');
    return {
      ImportDeclaration(node) {
        if (!isCqrs(node.source)) return;
        for (const specifier of node.specifiers) {
          if (specifier.type === 'ImportSpecifier') check(specifier, specifier.imported.name ?? specifier.imported.value);
          else context.report({ node: specifier, messageId: 'whole' });
        }
      },
      ExportNamedDeclaration(node) {
        if (isCqrs(node.source)) for (const { local } of node.specifiers) check(node, local.name ?? local.value);
      },
      ImportExpression: (node) => isCqrs(node.source) && context.report({ node, messageId: 'whole' }),
    };
  },
};
