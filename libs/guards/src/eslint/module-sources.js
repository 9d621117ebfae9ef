/** Calls `visit(node, source)` for each module that a file names: import, re-export, `import()`, `require()`, `import('…')` types. */
export const onModuleSource = (visit) => {
  const literal = (node, source) => {
    if (source?.type === 'Literal' && typeof source.value === 'string') visit(node, source.value);
  };
  return {
    ImportDeclaration: (node) => literal(node, node.source),
    ExportNamedDeclaration: (node) => literal(node, node.source),
    ExportAllDeclaration: (node) => literal(node, node.source),
    ImportExpression: (node) => literal(node, node.source),
    TSImportType: (node) => literal(node, node.source ?? node.argument?.literal),
    TSExternalModuleReference: (node) => literal(node, node.expression),
    CallExpression(node) {
      // `require('x')`, `require.resolve('x')`, `import.meta.resolve('x')` and `createRequire(…)('x')`.
      const name = node.callee.name ?? node.callee.property?.name ?? node.callee.callee?.name;
      if (name === 'require' || name === 'resolve' || name === 'createRequire') literal(node, node.arguments[0]);
    },
  };
};

/** Whether `source` is the package or a path inside it; a name that ends in `*` stands for all that begin like it. */
export const isFromPackage = (source, name) =>
  name.endsWith('*') ? source.startsWith(name.slice(0, -1)) : source === name || source.startsWith(`${name}/`);
