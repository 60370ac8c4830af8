// batonctl dev-identity DIR
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "identity/dev_identity.h"

namespace baton::batonctl {
namespace {

using nlohmann::ordered_json;

constexpr mode_t kForAll = 0644;
constexpr mode_t kForOwner = 0600;
constexpr char kCaFile[] = "ca.pem";  // written last: where it is, all are
constexpr int kDaysMax = 3650;
constexpr char kDevIdentityFooter[] =
    "For trying out; what an installation needs is in deploy/docs/install.md. The keys that sign "
    "are\n"
    "not kept. Needs no server. Baton then takes:\n"
    "  --grpc-tls-cert-file DIR/tls.crt --grpc-tls-key-file DIR/tls.key\n"
    "  --auth-jwks-file DIR/jwks.json --auth-issuer https://dev-identity.baton.invalid\n"
    "  --auth-audience baton\n"
    "and batonctl: --tls-ca DIR/ca.pem --token-file DIR/admin.token";

struct DevIdentityArguments {
  std::string folder;
  std::string hosts = "localhost,127.0.0.1";
  std::string rep = "ada";
  int days = 30;
};

struct WrittenFile {
  std::string name;
  std::string text;
  mode_t mode;
  std::string about;
};

std::vector<WrittenFile> FilesOf(const identity::DevIdentity& identity) {
  std::vector<WrittenFile> files = {
      {"tls.crt", identity.certificate, kForAll, "the server's certificate"},
      {"tls.key", identity.key, kForOwner, "its key"},
      {"jwks.json", identity.key_set, kForAll, "the key set that verifies the tokens"}};
  for (const auto& [role, token] : identity.tokens) {
    files.push_back({absl::StrCat(role, ".token"), token + "\n", kForOwner,
                     absl::StrCat("who has it is ", role, " in every workspace")});
  }
  files.push_back({kCaFile, identity.ca, kForAll, "whom callers trust"});
  return files;
}

// Under another name first, so that nobody reads half of it.
absl::Status WriteNew(const std::filesystem::path& path, const WrittenFile& file) {
  const std::string unfinished = path.string() + ".new";
  (void)::unlink(unfinished.c_str());
  const int opened = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file.mode);
  bool good = opened >= 0;
  if (good) {
    good = ::write(opened, file.text.data(), file.text.size()) ==
           static_cast<ssize_t>(file.text.size());
    good = ::close(opened) == 0 && good;
  }
  good = good && std::rename(unfinished.c_str(), path.c_str()) == 0;
  if (good) return absl::OkStatus();
  return FileError(
      absl::StrCat(path.string(), " cannot be written: ", std::generic_category().message(errno)));
}

absl::Status MakeFolder(const Session& session, const DevIdentityArguments& arguments) {
  const std::filesystem::path folder(arguments.folder);
  std::error_code failed;
  if (std::filesystem::exists(folder / kCaFile, failed)) {
    session.Note(absl::StrCat(arguments.folder, " has an identity, which is kept: remove ",
                              "the folder for a new one."));
    return absl::OkStatus();
  }
  std::filesystem::create_directories(folder, failed);
  if (failed) {
    return FileError(absl::StrCat(arguments.folder, " cannot be made: ", failed.message()));
  }
  const auto identity = identity::MakeDevIdentity(
      {absl::StrSplit(arguments.hosts, ',', absl::SkipWhitespace()), arguments.rep,
       session.world().now(), absl::Hours(24 * arguments.days)});
  if (absl::IsInvalidArgument(identity.status())) {
    return UsageError(absl::StrCat("--hosts: ", identity.status().message()));
  }
  if (!identity.ok()) return identity.status();
  Table table{{"FILE", "WHAT"}};
  ordered_json printed = ordered_json::array();
  std::vector<std::string> names;
  for (const WrittenFile& file : FilesOf(*identity)) {
    const std::filesystem::path path = folder / file.name;
    if (absl::Status written = WriteNew(path, file); !written.ok()) return written;
    table.AddRow({path.string(), file.about});
    printed.push_back({{"file", path.string()}, {"what", file.about}});
    names.push_back(path.string());
  }
  return session.Print(ordered_json{{"files", printed}}, table, names);
}

}  // namespace

void AddDevIdentityCommand(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<DevIdentityArguments>();
  CLI::App& command =
      *app.add_subcommand("dev-identity",
                          "Makes certificate, key set and tokens, to try Baton with a closed door")
           ->footer(kDevIdentityFooter);
  command.add_option("DIR", arguments->folder, "the folder that gets them")->required();
  command.add_option("--hosts", arguments->hosts, "names and addresses of the server, with commas")
      ->capture_default_str();
  command.add_option("--rep", arguments->rep, "the rep whom rep.token is for")
      ->capture_default_str();
  command.add_option("--days", arguments->days, "how long they are good")
      ->check(CLI::Range(1, kDaysMax))
      ->capture_default_str();
  OnRun(command, session, [&session, arguments] { return MakeFolder(session, *arguments); });
}

}  // namespace baton::batonctl
