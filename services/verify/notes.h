// What a report says beside its findings.
#ifndef BATON_VERIFY_NOTES_H_
#define BATON_VERIFY_NOTES_H_

#include <string>
#include <vector>

#include "verify/change_history.h"
#include "verify/input_history.h"
#include "verify/sales_history.h"

namespace baton::verify {

// What was checked in part only, because retention has taken the beginning of a topic, and what is
// worth knowing: sentences for people. Of histories that are finished.
std::vector<std::string> NotesOf(const InputHistory& input, const SalesHistory& sales,
                                 const ChangeHistory& changes);

}  // namespace baton::verify

#endif  // BATON_VERIFY_NOTES_H_
