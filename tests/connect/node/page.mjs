// The same in a web page: page.html?BASE_URL&WORKSPACE&NAME&TOKEN, or without a token where callers
// are believed. window.seen is the result.
import { createConnectTransport } from "@connectrpc/connect-web";
import { callEverything } from "./calls.mjs";

const [baseUrl, workspace, name, token] =
  location.search.slice(1).split("&").map(decodeURIComponent);
const headers = token ? { authorization: `Bearer ${token}` } : {
  "baton-principal": "mia@acme.example", "baton-roles": "marketing,sales,admin",
};
const transport = createConnectTransport({ baseUrl, useHttpGet: true });
callEverything(transport, { workspace, name, headers }).then(
  (seen) => { window.seen = JSON.stringify(seen); },
  (error) => { window.seen = JSON.stringify({ failed: String(error) }); });
