/**
 * Decisions and folds are pure: time, ids and chance arrive in the command, a refusal is a value. Replayed next year they
 * must give the same state, byte for byte.
 *
 * Looked at: every `decide…`, `evolve…` and `initialState`, and whatever is typed `Decide`, `Evolve` or `Decider`, with
 * all that stands inside. What they call is held by the decision tables, which make the ambient clock and chance throw.
 */
const ruledNames = /^(decide|evolve)($|[A-Z])|^initialState$/;
const ruledTypes = new Set(['Decide', 'Evolve', 'Decider']);

/** `object.member()` that reads the clock, chance or the process. */
const ambientMembers = {
  Date: /^now$/,
  Math: /^random$/,
  crypto: /^(randomUUID|getRandomValues|randomBytes|randomInt)$/,
  performance: /^now$/,
  DateTime: /^(now|local|utc)$/,
  process: /./,
};
const ambientFunctions = new Set(['randomUUID', 'randomBytes', 'randomInt', 'uuid', 'uuidv4', 'uuidv7', 'nanoid', 'fetch', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask']);

const typeName = (id) => {
  const annotation = id?.typeAnnotation?.typeAnnotation;
  if (annotation?.type !== 'TSTypeReference') return undefined;
  return annotation.typeName.type === 'TSQualifiedName' ? annotation.typeName.right.name : annotation.typeName.name;
};

const keyName = (node) => (node.computed ? undefined : (node.key?.name ?? node.key?.value));

/** Whether the node itself opens a ruled part. */
const opens = (node) => {
  switch (node.type) {
    case 'VariableDeclarator':
      return ruledNames.test(node.id.name ?? '') || ruledTypes.has(typeName(node.id));
    case 'FunctionDeclaration':
      return ruledNames.test(node.id?.name ?? '');
    case 'Property':
    case 'PropertyDefinition':
    case 'MethodDefinition':
      return ruledNames.test(keyName(node) ?? '') && /Function/.test(node.value?.type ?? '');
    case 'TSSatisfiesExpression':
    case 'TSAsExpression':
      return ruledTypes.has(node.typeAnnotation.typeName?.name);
    default:
      return false;
  }
};

/** @type {import('eslint').Rule.RuleModule} */
export default {
  meta: {
    type: 'problem',
    schema: [],
    messages: { impure: 'A decision or fold is pure: no {{what}}. Time, ids and chance arrive in the command; a refusal is a value.' },
  },
  create(context) {
    const isPure = (node) => [node, ...context.sourceCode.getAncestors(node)].some(opens);
    const report = (node, what) => {
      if (isPure(node)) context.report({ node, messageId: 'impure', data: { what } });
    };
    const reportAsync = (node) => node.async && report(node, 'async function');
    return {
      AwaitExpression: (node) => report(node, 'await'),
      ThrowStatement: (node) => report(node, 'throw'),
      ThisExpression: (node) => report(node, 'this'),
      ArrowFunctionExpression: reportAsync,
      FunctionExpression: reportAsync,
      FunctionDeclaration: reportAsync,
      NewExpression(node) {
        if (node.callee.name === 'Date' && node.arguments.length === 0) report(node, 'new Date()');
        if (node.callee.name === 'Promise') report(node, 'Promise');
      },
      CallExpression(node) {
        const name = node.callee.name;
        if (name === 'Date' || ambientFunctions.has(name)) report(node, `${name}()`);
      },
      MemberExpression(node) {
        const owner = node.object.name;
        const member = node.computed ? (node.property.value ?? '') : node.property.name;
        if (!Object.hasOwn(ambientMembers, owner ?? '') || !ambientMembers[owner].test(String(member))) return;
        // `DateTime.utc(2024, 8, 1)` is a date; only without arguments is it the clock.
        if (owner === 'DateTime' && node.parent.type === 'CallExpression' && node.parent.arguments.length > 0) return;
        report(node, `${owner}.${String(member)}`);
      },
    };
  },
};
