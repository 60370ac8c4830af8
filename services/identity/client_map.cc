#include "identity/client_map.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "identity/yaml_reader.h"

namespace baton::identity {
namespace {

struct Client {
  std::string name;
  Principal principal;
};

absl::Status ReadRights(const std::string& key, const YAML::Node& value, Principal& principal) {
  if (key == "roles") {
    const auto roles = ReadRoles(value);
    if (!roles.ok()) return roles.status();
    principal.roles = *roles;
    return absl::OkStatus();
  }
  const auto workspaces = ReadTexts(value);
  if (!workspaces.ok()) return workspaces.status();
  for (const std::string& workspace : *workspaces) {
    if (absl::Status status = AddWorkspace(workspace, principal); !status.ok()) {
      return YamlError(value, status.message());
    }
  }
  return absl::OkStatus();
}

absl::Status ReadMember(const std::string& key, const YAML::Node& value, Client& client) {
  if (key == "roles" || key == "workspaces") return ReadRights(key, value, client.principal);
  if (key != "name" && key != "principal" && key != "rep") {
    return YamlError(value, absl::StrCat("unknown key ", key));
  }
  if (!value.IsScalar()) return YamlError(value, absl::StrCat(key, " must be a text"));
  if (key == "name") {
    client.name = value.Scalar();
    const bool typed =
        absl::StartsWith(client.name, "dns:") || absl::StartsWith(client.name, "uri:");
    return typed ? absl::OkStatus() : YamlError(value, "name begins with dns: or uri:");
  }
  if (key == "principal") {
    client.principal.id = value.Scalar();
    return IsPrincipalId(client.principal.id)
               ? absl::OkStatus()
               : YamlError(value, absl::StrCat("principal is 1 to ", kPrincipalBytesMax,
                                               " characters of A-Z, a-z, 0-9 and ._@+-"));
  }
  const auto rep = core::RepId::Parse(value.Scalar());
  if (!rep.ok()) return YamlError(value, rep.status().message());
  client.principal.rep = *rep;
  return absl::OkStatus();
}

absl::Status ReadClient(const YAML::Node& node, std::map<std::string, Principal>& clients) {
  Client client;
  absl::Status status = ForEachEntry(node, [&](const std::string& key, const YAML::Node& value) {
    return ReadMember(key, value, client);
  });
  if (!status.ok()) return status;
  const Principal& principal = client.principal;
  if (client.name.empty() || principal.id.empty()) {
    return YamlError(node, "a client has a name and a principal");
  }
  if (principal.roles.count(Role::kRep) > 0 && principal.rep.empty()) {
    return YamlError(node, "a client with the role rep says which rep it is");
  }
  return clients.emplace(client.name, principal).second
             ? absl::OkStatus()
             : YamlError(node, absl::StrCat(client.name, " stands there twice"));
}

}  // namespace

absl::StatusOr<ClientMap> ClientMap::Parse(absl::string_view yaml) {
  ClientMap map;
  const auto read_list = [&](const std::string& key, const YAML::Node& list) {
    if (key != "clients" || !list.IsSequence()) {
      return YamlError(list, "must be `clients:` with a list");
    }
    for (const YAML::Node& node : list) {
      if (absl::Status status = ReadClient(node, map.clients_); !status.ok()) return status;
    }
    return absl::OkStatus();
  };
  absl::Status status =
      ReadYaml(yaml, [&](const YAML::Node& root) { return ForEachEntry(root, read_list); });
  if (!status.ok()) return status;
  return map;
}

absl::StatusOr<Principal> ClientMap::Find(const std::vector<std::string>& names) const {
  const Principal* found = nullptr;
  for (const std::string& name : names) {
    const auto client = clients_.find(name);
    if (client == clients_.end()) continue;
    if (found != nullptr && found->id != client->second.id) {
      return core::Error(absl::StatusCode::kUnauthenticated, "UNKNOWN_CLIENT",
                         "the client's certificate has names of several principals");
    }
    found = &client->second;
  }
  if (found != nullptr) return *found;
  return core::Error(absl::StatusCode::kUnauthenticated, "UNKNOWN_CLIENT",
                     "the client's certificate has no name that is a principal here");
}

}  // namespace baton::identity
