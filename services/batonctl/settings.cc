#include "batonctl/settings.h"

#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "batonctl/exit_codes.h"
#include "policy/document_error.h"

namespace baton::batonctl {

void Settings::AddTo(CLI::App& app, GlobalOptions& options) {
  const auto add = [&](const std::string& key, const std::string& names, std::string& value,
                       const std::string& about) {
    const std::string variable =
        absl::StrCat("BATONCTL_", absl::AsciiStrToUpper(absl::StrReplaceAll(key, {{"-", "_"}})));
    CLI::Option* option =
        app.add_option(names, value, absl::StrCat(about, " (Env:", variable, ")"));
    settings_.push_back({key, variable, option, &value});
    return option;
  };
  app.add_option("--context", context_, "the context to work in; batonctl config keeps them")
      ->envname("BATONCTL_CONTEXT");
  Identity& identity = options.identity;
  add("server", "--server", options.server, "HOST:PORT of the API")->capture_default_str();
  add("workspace", "--workspace,-w", options.workspace, "the workspace to work in");
  add("principal", "--principal", identity.principal, "who you are, such as ada@acme.example");
  add("roles", "--roles", identity.roles,
      "your roles, comma-separated: marketing, sales, rep, admin, service");
  add("token-file", "--token-file", identity.token_file,
      "file with the token that proves who you are; read anew for each call");
  add("tls-ca", "--tls-ca", identity.tls_ca,
      "PEM file with the CAs of the server's certificate; without: no TLS");
  add("tls-cert", "--tls-cert", identity.tls_cert, "PEM file with a client certificate");
  add("tls-key", "--tls-key", identity.tls_key, "PEM file with its key");
}

std::string Settings::Take(const Setting& setting, const Context* context) {
  if (setting.option->count() > 0) return absl::StrCat("--", setting.key);
  const char* variable = std::getenv(setting.variable.c_str());
  if (variable != nullptr && *variable != '\0') {
    *setting.value = variable;
    return setting.variable;
  }
  if (context == nullptr) return "default";
  const auto value = context->values.find(setting.key);
  if (value == context->values.end()) return "default";
  *setting.value = value->second;
  return absl::StrCat("context ", context->name);
}

std::vector<Settings::Flag> Settings::Flags() const {
  std::vector<Flag> flags;
  for (const Setting& setting : settings_) {
    if (setting.option->count() > 0) flags.push_back({setting.key, *setting.value});
  }
  return flags;
}

absl::Status Settings::Resolve() {
  const std::string path = ContextPath();
  const absl::StatusOr<ContextFile> file = ReadContexts(path);
  if (!file.ok()) return file.status();
  if (context_.empty()) context_ = file->current;
  const Context* context = context_.empty() ? nullptr : file->Find(context_);
  if (context == nullptr && !context_.empty()) {
    return UsageError(absl::StrCat("there is no context ", policy::Quoted(context_), " in ", path,
                                   policy::DidYouMean(context_, file->Names())));
  }
  for (const Setting& setting : settings_) {
    const std::string from = Take(setting, context);
    resolved_.push_back({setting.key, *setting.value, from});
  }
  return absl::OkStatus();
}

}  // namespace baton::batonctl
