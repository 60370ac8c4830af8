// What the benches of the store commit, and how they measure Redis.
#ifndef BATON_BENCH_STORE_HANDOFFS_H_
#define BATON_BENCH_STORE_HANDOFFS_H_

#include <cstdint>

#include "bench_base/must.h"
#include "core/plan.h"
#include "platform/redis/client.h"
#include "store/store.h"

namespace baton::bench {

// Processor time that the server's main thread has used so far, in microseconds: unlike the time
// that calls take it does not grow when the machine is busy with something else.
double UsedMicroseconds(platform::redis::Client& client);

// What a lead asks of its rep.
enum class Form { kPlain, kOwner, kSkills, kRequires, kMixed };

// A workspace with one queue, "inside", and that many reps online in it. For leads of other forms
// than kPlain they have skills (a half each one of two) and attributes (four different ones).
void Prepare(store::Store& store, const core::WorkspaceId& workspace, int reps,
             Form form = Form::kPlain);

// A new lead with ten facts: qualified and offered, or only stored.
core::Plan Handoff(const core::WorkspaceId& workspace, int64_t number);
core::Plan StoredLead(const core::WorkspaceId& workspace, int64_t number);

// Makes the lead of the plan one that asks something of the `reps` in its queue: an owner, one of
// two skills, one of three requirements, or each of these and nothing in turn.
void Ask(Form form, int reps, int64_t number, core::Plan& plan);

// Frees the rep, so that the next handoffs find somebody.
core::Plan Release(const core::LeadRecord& record);

}  // namespace baton::bench

#endif  // BATON_BENCH_STORE_HANDOFFS_H_
