// Rules of work, skills and attributes of reps between the API and the domain. Pure functions.
#ifndef BATON_DISPATCH_WORK_MAPPING_H_
#define BATON_DISPATCH_WORK_MAPPING_H_

#include "baton/v1/roster_service.pb.h"
#include "core/roster.h"
#include "dispatch/resource_names.h"
#include "dispatch/wire_status.h"

namespace baton::dispatch {

// Adds them to `message`.
void AddWork(const core::WorkspaceId& workspace, const core::Rep& rep, ::baton::v1::Rep& message);

// Everything that a caller sets of them; all that is wrong goes into `violations`, fields as
// "rep.absences[1].end_time". Absences become ordered.
void ReadWork(const RepName& name, const ::baton::v1::Rep& message, core::Rep& rep,
              Violations& violations);
void ReadSkills(const ::baton::v1::Rep& message, core::Rep& rep, Violations& violations);

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_WORK_MAPPING_H_
