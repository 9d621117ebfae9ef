/**
 * A suite is green because every test in it ran: nothing is focused, skipped, left to be written or expected to fail.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
const suites = new Set(['describe', 'test', 'it']);
const partial = new Set(['only', 'skip', 'todo', 'failing']);
const shorthands = new Set(['fit', 'fdescribe', 'xit', 'xtest', 'xdescribe']);

export default {
  meta: {
    type: 'problem',
    schema: [],
    messages: { partial: '`{{what}}` leaves tests out. Run it, mend it or delete it.' },
  },
  create(context) {
    /** `describe` of `describe.each`, `test` of `test.only.each`. */
    const root = (node) => (node.type === 'MemberExpression' ? root(node.object) : node.name);
    return {
      MemberExpression(node) {
        const member = node.computed ? node.property.value : node.property.name;
        if (partial.has(member) && suites.has(root(node.object))) {
          context.report({ node, messageId: 'partial', data: { what: context.sourceCode.getText(node) } });
        }
      },
      CallExpression(node) {
        const name = root(node.callee);
        if (shorthands.has(name)) context.report({ node, messageId: 'partial', data: { what: name } });
      },
    };
  },
};
