// Reads an AsyncAPI document with AsyncAPI's own parser and prints what it has against it, a line
// each: "line: message". Nothing else on standard output.
import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';

const [modules, document] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${modules}/`));
const {Parser, fromFile} = require('@asyncapi/parser');

const {document: parsed, diagnostics} = await fromFile(new Parser(), document).parse();
for (const {range, message, path, severity} of diagnostics) {
  if (severity > 1) continue; // hints
  console.log(`${range.start.line + 1}: ${message} (${path.join('.')})`);
}
if (parsed === undefined) process.exit(1);
const messages = parsed.allMessages().all();
for (const message of messages) {
  if (!message.headers()) console.log(`1: message ${message.id()} has no headers`);
}
console.error(`${parsed.allChannels().all().length} channels, ${messages.length} messages`);
