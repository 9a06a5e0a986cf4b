// Print the mutants of JavaScript files as JSON, for mutants.py: `node mutants.mjs TYPES.d.ts FILE...`. Offsets are bytes.

import { readFileSync } from "node:fs";
import ts from "typescript";

const TURNED = {
  "<": ["<=", ">"],
  "<=": ["<", ">="],
  ">": [">=", "<"],
  ">=": [">", "<="],
  "===": ["!=="],
  "!==": ["==="],
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["*"],
  "**": ["*"],
  "&&": ["||"],
  "||": ["&&"],
  "+=": ["-="],
  "-=": ["+="],
  "*=": ["/="],
};
const SWAPPED = { "Math.min": "Math.max", "Math.max": "Math.min" };

const [types, ...files] = process.argv.slice(2);
const options = { allowJs: true, checkJs: true, noEmit: true, strict: true, target: ts.ScriptTarget.ES2023 };
const program = ts.createProgram([types, ...files], { ...options, moduleResolution: ts.ModuleResolutionKind.Bundler });
const checker = program.getTypeChecker();
console.log(JSON.stringify(files.map(mutantsOf)));

function mutantsOf(file) {
  const source = program.getSourceFile(file),
    text = readFileSync(file, "utf8"),
    found = [];
  const bytes = (at) => Buffer.byteLength(text.slice(0, at));
  const lineOf = (at) => source.getLineAndCharacterOfPosition(at).line + 1;
  const change = (node, other, { kind = "signs", name, statement }) =>
    found.push({
      kind,
      function: name || "module",
      line: lineOf((statement ?? node).getStart()),
      last: lineOf(node.getEnd()),
      start: bytes(node.getStart()),
      end: bytes(node.getEnd()),
      text: other,
    });
  const visit = (node, place) => {
    if (ts.isThrowStatement(node) || ts.isImportDeclaration(node)) return; // messages are not rules
    const here = {
      name: [place.name, nameOf(node)].filter(Boolean).join("."),
      statement: ts.isStatement(node) && !ts.isBlock(node) ? node : place.statement,
    };
    for (const [other, of = node, kind] of changesOf(node)) change(of, other, { ...here, kind });
    ts.forEachChild(node, (child) => visit(child, here));
  };
  visit(source, { name: "" });
  return found;
}

/** Return the part of a name that a function or a class adds. */
function nameOf(node) {
  const isNamed = ts.isFunctionLike(node) || ts.isClassDeclaration(node);
  if (ts.isConstructorDeclaration(node)) return "constructor";
  if (!isNamed) return "";
  return (node.name ?? (ts.isCallExpression(node.parent) ? null : node.parent.name))?.getText() ?? "";
}

/** Return the changes of a node: [text, the part that it replaces, kind]. */
function changesOf(node) {
  if (ts.isBinaryExpression(node)) return operatorsOf(node);
  if (ts.isPrefixUnaryExpression(node) && "!-".includes(ts.tokenToString(node.operator)))
    return [[`(${node.operand.getText()})`]];
  if (
    ts.isNumericLiteral(node) &&
    !(ts.isElementAccessExpression(node.parent) && node.parent.argumentExpression === node)
  )
    return [[/[.e]/.test(node.getText()) ? String(2 * Number(node.text)) : String(Number(node.text) + 1)]];
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [["false"]];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [["true"]];
  if (ts.isCallExpression(node)) return callsOf(node);
  return isLeftOut(node) ? [[";"]] : [];
}

function operatorsOf({ left, operatorToken, right }) {
  const isText = [left, right].some((side) => ts.isStringLiteralLike(side) || ts.isTemplateExpression(side));
  const others = TURNED[operatorToken.getText()] ?? [];
  return isText && "+-".includes(operatorToken.getText()) ? [] : others.map((other) => [other, operatorToken]);
}

/** Return a call with the other of two functions, and with two adjacent arguments of one type in each other's place. */
function callsOf(node) {
  const [one, ...all] = [SWAPPED[node.expression.getText()], ...node.arguments];
  const pairs = all.slice(1).flatMap((second, n) => {
    const texts = node.arguments.map((each) => each.getText());
    [texts[n], texts[n + 1]] = [texts[n + 1], texts[n]];
    return isAlike(all[n], second) ? [[`${node.expression.getText()}(${texts.join(", ")})`, node, "arguments"]] : [];
  });
  return one ? [[one, node.expression], ...pairs] : pairs;
}

function isAlike(first, second) {
  const [one, other] = [first, second].map((each) => checker.getBaseTypeOfLiteralType(checker.getTypeAtLocation(each)));
  const isPlain = [first, second].every((each) => !ts.isSpreadElement(each) && !ts.isFunctionLike(each));
  return isPlain && checker.typeToString(one) === checker.typeToString(other) && first.getText() !== second.getText();
}

/** Return whether a statement can be left out: a call, a change of something, the end of a loop. */
function isLeftOut(node) {
  if (ts.isBreakStatement(node) || ts.isContinueStatement(node)) return true;
  if (!ts.isExpressionStatement(node)) return false;
  const { expression } = node;
  return ts.isCallExpression(expression) || ts.isBinaryExpression(expression) || ts.isPrefixUnaryExpression(expression);
}
