/**
 * What a module offers is written down by name: `export *` hides it, and two of them may hide each other's names.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
export default {
  meta: {
    type: 'problem',
    schema: [],
    messages: { all: 'Export by name: `export *` hides what a module offers.' },
  },
  create: (context) => ({
    ExportAllDeclaration: (node) => context.report({ node, messageId: 'all' }),
  }),
};
