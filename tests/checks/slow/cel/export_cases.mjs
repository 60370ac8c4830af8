// Prints CEL's official conformance cases as one JSON list; each says its section.
//   node export_cases.mjs FOLDER_OF_NODE_MODULES
import { pathToFileURL } from "node:url";

const file = `${process.argv[2]}/@bufbuild/cel-spec/dist/esm/testdata/conformance.js`;
const { tests } = await import(pathToFileURL(file));
const cases = [];
const walk = (suite, section) => {
  for (const { original } of suite.tests ?? []) cases.push({ section, ...original });
  for (const inner of suite.suites ?? []) {
    walk(inner, section === "" ? inner.name : `${section}/${inner.name}`);
  }
};
walk(tests, "");
console.log(JSON.stringify(cases));
