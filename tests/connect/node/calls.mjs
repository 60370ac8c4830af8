// What a program does with Connect's clients: calls every service once or more, follows a stream,
// and takes an error apart. The same in Node.js and in a browser.
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { ErrorInfoSchema } from "./gen/google/rpc/error_details_pb.js";
import * as api from "./gen/services.js";

const services = Object.values(api).filter((one) => one.kind === "service");

// `name` makes what is created here different from what others create; answers what was seen.
export async function callEverything(transport, { workspace, name, headers }) {
  const parent = `workspaces/${workspace}`;
  const options = { headers, timeoutMs: 10_000 };
  const called = new Set();
  const call = (service, method, request) => {
    called.add(service.typeName);
    return createClient(service, transport)[method](request, options);
  };

  const queue = `${parent}/queues/inbound`;
  await call(api.RosterService, "createRep", {
    parent, repId: name, rep: { queues: [queue], capacity: 5, presence: api.Presence.ONLINE },
  });
  const submitted = await call(api.LeadService, "submitLeadEvents", {
    parent, waitForDecision: true, events: [lead(name)],
  });
  const decided = submitted.leads[0];
  const reps = await call(api.RosterService, "listReps", { parent, pageSize: 1000 });
  const { lead: again } = await call(api.LeadService, "getLead", { name: decided.name });
  const offered = await follow(call, parent, decided.name);
  const accepted = await call(api.AssignmentService, "acceptAssignment", {
    name: offered.name, requestId: `accept-${name}`,
  });
  await call(api.AccountService, "createAccount", {
    parent, accountId: name, account: { domains: [`${name}.example`] },
  });
  const match = await call(api.AccountService, "lookupAccount", {
    parent, emailOrDomain: `ada@${name}.example`,
  });
  const table = await call(api.TableService, "createTable", {
    parent, tableId: name, table: { csv: new TextEncoder().encode("key,value\na,b\n") },
  });
  const policies = await call(api.PolicyService, "listPolicyRevisions", {
    parent,
  });
  const webhooks = await call(api.WebhookService, "listWebhooks", { parent });
  const report = await call(api.ReportService, "getReport", { parent });
  const place = await call(api.WorkspaceService, "getWorkspace", { name: parent });
  return {
    notCalled: services.map((one) => one.typeName).filter((one) => !called.has(one)),
    services: services.length,
    lead: again.name, owner: decided.rep, queue: decided.queue, accepted: accepted.assignment.stage,
    reps: reps.reps.some((one) => one.name === `${parent}/reps/${name}`),
    account: match.account?.name,
    table: table.table.name.startsWith(`${parent}/tables/${name}`),
    policies: policies.policies.length, webhooks: webhooks.webhooks.length,
    report: report.$typeName, workspace: place.workspace.name,
    refused: await refusal(call, parent),
  };
}

function lead(id) {
  const text = (value) => ({ kind: { case: "stringValue", value } });
  return {
    id: `event-${id}`, source: "//connect.test", lead: id, activity: "demo_request",
    type: api.LeadEventType.CAPTURED,
    attributes: {
      email: text(`${id}@example.org`), country: text("DE"),
      employees: { kind: { case: "intValue", value: 900n } },
    },
  };
}

// The assignment of a lead, as a stream of the workspace shows it.
async function follow(call, parent, leadName) {
  for await (const change of call(api.AssignmentService, "watchAssignments", { parent })) {
    if (change.assignment?.lead === leadName) return change.assignment;
  }
  throw new Error("the stream ended without the lead");
}

async function refusal(call, parent) {
  try {
    await call(api.LeadService, "getLead", { name: `${parent}/leads/nobody` });
  } catch (error) {
    const refused = ConnectError.from(error);
    return [Code[refused.code], refused.findDetails(ErrorInfoSchema)[0]?.reason];
  }
  return [];
}
