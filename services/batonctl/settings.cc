#include "batonctl/settings.h"

#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "batonctl/context_file.h"
#include "batonctl/exit_codes.h"
#include "policy/document_error.h"

namespace baton::batonctl {

void Settings::AddTo(CLI::App& app, GlobalOptions& options) {
  const auto add = [&](const std::string& key, const std::string& names, std::string& value,
                       const std::string& about) {
    const std::string variable =
        absl::StrCat("BATONCTL_", absl::AsciiStrToUpper(absl::StrReplaceAll(key, {{"-", "_"}})));
    CLI::Option* option = app.add_option(names, value, about)->envname(variable);
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

std::string Settings::GivenBy(const Setting& setting) {
  if (setting.option->count() == 0) return "";
  const char* variable = std::getenv(setting.variable.c_str());
  return variable != nullptr && *setting.value == variable ? setting.variable
                                                           : absl::StrCat("--", setting.key);
}

std::vector<Settings::Resolved> Settings::Given() const {
  std::vector<Resolved> given;
  for (const Setting& setting : settings_) {
    if (const std::string by = GivenBy(setting); !by.empty()) {
      given.push_back({setting.key, *setting.value, by});
    }
  }
  return given;
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
    std::string by = GivenBy(setting);
    if (by.empty() && context != nullptr) {
      if (const auto value = context->values.find(setting.key); value != context->values.end()) {
        *setting.value = value->second;
        by = absl::StrCat("context ", context_);
      }
    }
    resolved_.push_back({setting.key, *setting.value, by.empty() ? "default" : by});
  }
  return absl::OkStatus();
}

}  // namespace baton::batonctl
