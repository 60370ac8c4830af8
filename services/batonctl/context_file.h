// Contexts: where servers are and who calls them, kept in a file of the user's own:
//
//   apiVersion: baton.dev/v1
//   kind: Contexts
//   spec:
//     current-context: prod
//     contexts:
//       - {name: prod, server: "baton.acme.example:7400", workspace: acme,
//          tls-ca: /etc/ssl/acme.pem, token-file: /run/user/1000/baton.token}
//
// It names files, it holds no secret. Relative paths begin at the file's own folder.
#ifndef BATON_BATONCTL_CONTEXT_FILE_H_
#define BATON_BATONCTL_CONTEXT_FILE_H_

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace baton::batonctl {

// What a context may say; the names are those of the options.
inline constexpr std::array<std::string_view, 8> kContextKeys = {
    "server", "workspace", "principal", "roles", "token-file", "tls-ca", "tls-cert", "tls-key"};
bool IsPathKey(std::string_view key);  // its value names a file

struct Context {
  std::string name;
  std::map<std::string, std::string> values;  // by key; only what it says
};

struct ContextFile {
  std::string current;  // empty: none
  std::vector<Context> contexts;

  const Context* Find(const std::string& name) const;
  std::vector<std::string> Names() const;
};

// BATONCTL_CONFIG, else batonctl/config.yaml in XDG_CONFIG_HOME or in ~/.config. Empty: there is no
// home.
std::string ContextPath();

// A file that does not exist has no contexts. The error names every mistake with its place.
absl::StatusOr<ContextFile> ReadContexts(const std::string& path);

// Replaces the file in one step; only its owner can read it. Makes its folder.
absl::Status WriteContexts(const std::string& path, const ContextFile& file);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_CONTEXT_FILE_H_
