// node.mjs BASE_URL WORKSPACE NAME TOKEN: prints what calls.mjs saw, with JSON and with protobuf.
import { createConnectTransport } from "@connectrpc/connect-node";
import { callEverything } from "./calls.mjs";

const [baseUrl, workspace, name, token] = process.argv.slice(2);
const seen = {};
for (const useBinaryFormat of [false, true]) {
  const transport = createConnectTransport({
    baseUrl, useBinaryFormat, httpVersion: "1.1", useHttpGet: true,
  });
  seen[useBinaryFormat ? "proto" : "json"] = await callEverything(transport, {
    workspace, name: `${name}-${useBinaryFormat ? "p" : "j"}`,
    headers: { authorization: `Bearer ${token}` },
  });
}
console.log(JSON.stringify(seen));
