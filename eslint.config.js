// What eslint looks for in the page's JavaScript: its recommended rules, and functions with too many ways through them.

import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["**/build/", "**/dist/", "docs/_build/", ".venv*/"] },
  js.configs.recommended,
  { rules: { complexity: ["error", 15] } },
  { files: ["src/**/*.js", "tests/*.js"], languageOptions: { globals: globals.browser } },
  { files: ["**/*.mjs"], languageOptions: { globals: globals.node } },
  { files: ["tests/**/*.mjs"], languageOptions: { globals: globals.browser } }, // which they put around a page
];
