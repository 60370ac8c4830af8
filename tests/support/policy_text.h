// A small policy as people write it, for tests that go through the YAML: workspace "acme"; whoever
// asks for a demo or has seen enough pages, and has 10 employees or more, is qualified for the
// queue "inbound" (offers of 10 minutes).
#ifndef BATON_SUPPORT_POLICY_TEXT_H_
#define BATON_SUPPORT_POLICY_TEXT_H_

namespace baton::support {

inline constexpr char kPolicyText[] = R"(apiVersion: baton.dev/v1
kind: HandoffPolicy
metadata: {workspace: acme, name: inbound, owner: revops@acme.example}
spec:
  attributes:
    employees: int
    country: string
  scoring:
    fit:
      - {name: big enough, match: {employees: ">= 10"}, points: 40}
    intent:
      - {name: demo request, activity: demo_request, points: 60}
      - {name: pages, activity: page_view, points: 10, max: 50}
  definition:
    mql: {match: {fit: ">= 40", intent: ">= 50"}}
  routing:
    - {default: true, to: {queue: inbound}}
  queues:
    inbound: {mode: offer, accept_within: 10m}
)";

}  // namespace baton::support

#endif  // BATON_SUPPORT_POLICY_TEXT_H_
