// Judges manifests of kinds that operators define by the schemas of those.
//
//   node operators.mjs NODE_MODULES <JSON list    ends with 1 and says what is wrong at the first
//                                                 that is not as it should be
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const models = (path) =>
  import(pathToFileURL(join(process.argv[2], '@kubernetes-models', path, 'index.js')));
const kinds = {
  ...(await models('keda/keda.sh/v1alpha1')),
  ...(await models('prometheus-operator/monitoring.coreos.com/v1')),
};

for (const manifest of JSON.parse(readFileSync(0, 'utf8'))) {
  try {
    new kinds[manifest.kind](manifest).validate();
  } catch (error) {
    console.error(`${manifest.kind}: ${error.message}`);
    process.exit(1);
  }
}
