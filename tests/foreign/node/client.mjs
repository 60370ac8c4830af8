// The scenario of tests/foreign/README.md with @grpc/grpc-js and @grpc/proto-loader.
import fs from 'node:fs';
import path from 'node:path';
import {promisify} from 'node:util';

import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import protobuf from 'protobufjs';

const [, , address, ca, tokens, workspace, who, lead, protos] = process.argv;
const DEADLINE_MS = 20_000;
const parent = `workspaces/${workspace}`;

const load = (file) => grpc.loadPackageDefinition(loader.loadSync(file, {
  includeDirs: [protos], keepCase: true, longs: String, enums: String, defaults: true}));
const {LeadService, AssignmentService} = {
  ...load('baton/v1/lead_service.proto').baton.v1,
  ...load('baton/v1/assignment_service.proto').baton.v1};

// Messages that no method names come as descriptors, which protobufjs makes types of.
const types = await protobuf.load(['status', 'error_details'].map(
    (name) => path.join(protos, 'google/rpc', `${name}.proto`)));
const [ErrorInfo, Status] = ['ErrorInfo', 'Status'].map(
    (name) => types.lookupType(`google.rpc.${name}`));

const bearer = (name) => {
  const metadata = new grpc.Metadata();
  metadata.set('authorization', `Bearer ${fs.readFileSync(path.join(tokens, name), 'utf8')}`);
  return metadata;
};
const [marketing, rep] = [bearer('marketing'), bearer('rep')];
const credentials = grpc.credentials.createSsl(fs.readFileSync(ca));
const leads = new LeadService(address, credentials);
const reps = new AssignmentService(address, credentials);

const call = (client, method, request, metadata = new grpc.Metadata()) =>
    promisify(client[method].bind(client))(
        request, metadata, {deadline: Date.now() + DEADLINE_MS});

async function refusal(promise) {
  try {
    await promise;
  } catch (error) {
    const [bytes] = error.metadata.get('grpc-status-details-bin');
    const {details} = Status.decode(bytes);
    const info = details.find((any) => any.type_url.endsWith('/google.rpc.ErrorInfo'));
    return {code: grpc.status[error.code], reason: ErrorInfo.decode(info.value).reason};
  }
  return null;
}

async function nextOf(stream, kind, stage) {
  for (;;) {
    const {value, done} = await stream.next();
    if (done) throw new Error('the stream ended');
    const {assignment} = value;
    if (value.kind === kind && (!stage || assignment.stage === stage)) return assignment;
  }
}

async function journey(name) {
  const seen = [];
  let pages = 0;
  let page_token = '';
  do {
    const page = await call(leads, 'GetLeadJourney', {name, page_size: 3, page_token}, rep);
    pages += 1;
    seen.push(...page.entries.map(({type}) => type));
    page_token = page.next_page_token;
  } while (page_token);
  return [pages, seen];
}

async function run() {
  const said = {};
  const stream = reps.WatchAssignments({parent: `${parent}/reps/${who}`}, rep,
      {deadline: Date.now() + 60_000});
  stream.on('error', () => {});  // cancelled below
  const responses = stream[Symbol.asyncIterator]();
  await nextOf(responses, 'KIND_SNAPSHOT_END');

  said.submitted = (await call(leads, 'SubmitLeadEvents', {parent, events: [{
    id: `${lead}-1`, source: '//shop.example/forms', type: 'LEAD_EVENT_TYPE_CAPTURED', lead,
    activity: 'demo_request', attribution: {campaign: 'spring'}, attributes: {
      email: {string_value: `${lead}@acme.example`}, employees: {int_value: 300}, country: {string_value: 'DE'}},
  }]}, marketing)).accepted_count;
  const offer = await nextOf(responses, 'KIND_UPDATED', 'STAGE_OFFERED');
  said.offered = [offer.lead === `${parent}/leads/${lead}`, offer.fit, offer.intent];

  const {name} = offer;
  const accept = () =>
      call(reps, 'AcceptAssignment', {name, request_id: `${lead}-accept`}, rep);
  said.repeat = JSON.stringify(await accept()) === JSON.stringify(await accept());
  said.heard = (await nextOf(responses, 'KIND_UPDATED', 'STAGE_ACCEPTED')).stage;
  stream.cancel();

  await call(reps, 'LogTouch', {name, channel: 'call', outcome: 'connected'}, rep);
  const outcome = (of, more = {}) => call(reps, 'ReportOutcome', {name, outcome: of, ...more}, rep);
  await outcome('STAGE_SQL');
  await outcome('STAGE_SQO', {amount_minor: '1000000000000000', currency: 'EUR',
    close_time: {seconds: Date.UTC(2031, 2, 1) / 1000}});
  said.stage = (await outcome('STAGE_WON')).lead.stage;

  said.refused = await refusal(call(reps, 'DeclineAssignment', {name}, rep));
  said.nobody = await refusal(call(reps, 'ListAssignments', {parent}));
  [said.pages, said.journey] = await journey(`${parent}/leads/${lead}`);
  return said;
}

console.log(JSON.stringify(await run()));
leads.close();
reps.close();
