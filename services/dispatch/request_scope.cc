#include "dispatch/request_scope.h"

#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "core/errors.h"

namespace baton::dispatch {
namespace {

namespace protobuf = google::protobuf;

// Where the resource's name is: a text field, of the request or of one of its messages.
struct ResourceField {
  const protobuf::FieldDescriptor* outer =
      nullptr;  // the message that holds it; nullptr: the request
  const protobuf::FieldDescriptor* field = nullptr;  // nullptr: the request names no resource
};

const protobuf::FieldDescriptor* TextField(const protobuf::Descriptor& type, const char* name) {
  const protobuf::FieldDescriptor* field = type.FindFieldByName(name);
  const bool text = field != nullptr &&
                    field->cpp_type() == protobuf::FieldDescriptor::CPPTYPE_STRING &&
                    !field->is_repeated();
  return text ? field : nullptr;
}

ResourceField FindResourceField(const protobuf::Descriptor& request) {
  for (const char* name : {"parent", "name", "rep", "workspace_id"}) {
    if (const protobuf::FieldDescriptor* field = TextField(request, name); field != nullptr) {
      return {nullptr, field};
    }
  }
  for (int i = 0; i < request.field_count(); ++i) {
    const protobuf::FieldDescriptor* outer = request.field(i);
    if (outer->cpp_type() != protobuf::FieldDescriptor::CPPTYPE_MESSAGE || outer->is_repeated())
      continue;
    const protobuf::FieldDescriptor* field = TextField(*outer->message_type(), "name");
    if (field != nullptr) return {outer, field};
  }
  return {};
}

std::string ResourceOf(const protobuf::Message& request, const ResourceField& where) {
  const protobuf::Message* holder = &request;
  if (where.outer != nullptr) {
    holder = &request.GetReflection()->GetMessage(request, where.outer);
  }
  std::string value = holder->GetReflection()->GetString(*holder, where.field);
  return where.field->name() == "workspace_id" ? absl::StrCat("workspaces/", value) : value;
}

std::string FindMethod(const protobuf::Descriptor& request) {
  const protobuf::FileDescriptor& file = *request.file();
  for (int s = 0; s < file.service_count(); ++s) {
    const protobuf::ServiceDescriptor& service = *file.service(s);
    for (int m = 0; m < service.method_count(); ++m) {
      if (service.method(m)->input_type() == &request) {
        return absl::StrCat(service.full_name(), "/", service.method(m)->name());
      }
    }
  }
  return "";
}

// Reads that show nobody's leads.
bool IsSharedRead(const std::string& method) {
  return method == "baton.v1.RosterService/GetQueue" ||
         method == "baton.v1.RosterService/ListQueues" ||
         method == "baton.v1.WorkspaceService/GetWorkspace" ||
         method == "baton.v1.WorkspaceService/ListWorkspaces";
}

}  // namespace

const std::string& MethodOf(const protobuf::Descriptor& request) {
  static auto* const mutex = new absl::Mutex();
  static auto* const known = new std::map<const protobuf::Descriptor*, std::string>();
  absl::MutexLock lock(mutex);
  const auto [entry, added] = known->try_emplace(&request);
  if (added) entry->second = FindMethod(request);
  return entry->second;
}

absl::StatusOr<RequestScope> ScopeOf(const protobuf::Message& request) {
  RequestScope scope;
  scope.shared_read = IsSharedRead(MethodOf(*request.GetDescriptor()));
  const ResourceField where = FindResourceField(*request.GetDescriptor());
  if (where.field == nullptr) return scope;
  const std::string name = ResourceOf(request, where);
  const std::vector<std::string> parts = absl::StrSplit(name, '/');
  const auto workspace =
      core::WorkspaceId::Parse(parts.size() > 1 && parts[0] == "workspaces" ? parts[1] : "");
  if (!workspace.ok()) {
    const std::string path = absl::StrCat(where.outer == nullptr ? "" : where.outer->name(),
                                          where.outer == nullptr ? "" : ".", where.field->name());
    return core::FieldError(path, "must begin with workspaces/WORKSPACE");
  }
  scope.workspace = *workspace;
  if (parts.size() < 4) return scope;
  const std::string& collection = parts[2];
  scope.of_lead = collection == "leads" || collection == "assignments";
  if (collection == "reps") scope.rep = core::RepId::Trusted(parts[3]);
  return scope;
}

}  // namespace baton::dispatch
