// Stands in front of protobuf's header of the same name in the tsan preset.
//
// There MapFieldBase has two members more, by which ThreadSanitizer sees races of its callers. The
// distribution's library was built without them: it would look for the others where they are not.
#pragma once

#pragma push_macro("__SANITIZE_THREAD__")
#undef __SANITIZE_THREAD__
#include_next <google/protobuf/map_field.h>
#pragma pop_macro("__SANITIZE_THREAD__")
