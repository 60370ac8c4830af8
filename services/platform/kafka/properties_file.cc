#include "platform/kafka/properties_file.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "platform/kafka/client.h"
#include "platform/log.h"

namespace baton::platform::kafka {
namespace {

using Properties = PropertiesFile::Properties;

constexpr char kUserName[] = "sasl.username";
constexpr char kPassword[] = "sasl.password";

absl::Status CannotBeRead(const std::string& path) {
  return absl::NotFoundError(absl::StrCat(path, " cannot be read"));
}

// A file whose name begins with a dot is none: Kubernetes keeps its own so.
absl::StatusOr<Properties> ReadFolder(const std::string& path) {
  Properties properties;
  std::error_code failed;
  for (std::filesystem::directory_iterator entry(path, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    const std::string name = entry->path().filename();
    if (name.starts_with('.') || entry->is_directory(failed)) continue;
    std::ifstream file(entry->path(), std::ios::binary);
    if (!file) return CannotBeRead(entry->path());
    std::string value{std::istreambuf_iterator<char>(file), {}};
    absl::StripTrailingAsciiWhitespace(&value);
    properties[name] = std::move(value);
  }
  if (failed) return CannotBeRead(path);
  return properties;
}

absl::StatusOr<Properties> ReadLines(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return CannotBeRead(path);
  Properties properties;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    absl::StripAsciiWhitespace(&line);
    if (line.empty() || line.front() == '#') continue;
    const size_t equals = line.find('=');
    if (equals == std::string::npos || equals == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ", line ", number, ": each line is NAME=VALUE"));
    }
    const absl::string_view text = line;
    properties[std::string(absl::StripTrailingAsciiWhitespace(text.substr(0, equals)))] =
        std::string(absl::StripLeadingAsciiWhitespace(text.substr(equals + 1)));
  }
  return properties;
}

// Names whose values differ, without those of the login.
std::vector<std::string> NeedRestart(const Properties& before, const Properties& after) {
  Properties all = before;
  all.insert(after.begin(), after.end());
  std::vector<std::string> names;
  for (const auto& [name, value] : all) {
    if (name == kUserName || name == kPassword) continue;
    const auto was = before.find(name), is = after.find(name);
    const bool same = was != before.end() && is != after.end() && was->second == is->second;
    if (!same) names.push_back(name);
  }
  return names;
}

}  // namespace

PropertiesFile::PropertiesFile(std::string path, Properties given)
    : path_(std::move(path)), given_(std::move(given)) {}

absl::StatusOr<std::shared_ptr<PropertiesFile>> PropertiesFile::Open(std::string path,
                                                                     Properties given) {
  std::shared_ptr<PropertiesFile> file(new PropertiesFile(std::move(path), std::move(given)));
  absl::StatusOr<Properties> properties = file->Read();
  if (!properties.ok()) return properties.status();
  absl::MutexLock lock(&file->mutex_);
  file->properties_ = *std::move(properties);
  return file;
}

Properties PropertiesFile::properties() const {
  absl::MutexLock lock(&mutex_);
  return properties_;
}

absl::StatusOr<Properties> PropertiesFile::Read() const {
  std::error_code failed;
  const bool folder = std::filesystem::is_directory(path_, failed);
  absl::StatusOr<Properties> properties = folder ? ReadFolder(path_) : ReadLines(path_);
  if (!properties.ok()) return properties.status();
  properties->insert(given_.begin(), given_.end());
  if (absl::Status fit = CheckProperties(*properties); !fit.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path_, ": ", fit.message()));
  }
  return properties;
}

absl::StatusOr<bool> PropertiesFile::Look() {
  absl::StatusOr<Properties> properties = Read();
  if (!properties.ok()) return properties.status();
  absl::MutexLock lock(&mutex_);
  if (*properties == properties_) return false;
  const std::vector<std::string> restart = NeedRestart(properties_, *properties);
  properties_ = *std::move(properties);
  for (rd_kafka_s* client : clients_) LogIn(client);
  if (!restart.empty()) {
    LogWarning("kafka.properties_need_restart", {{"properties", absl::StrJoin(restart, ", ")}});
  }
  return true;
}

void PropertiesFile::Join(rd_kafka_s* client) {
  absl::MutexLock lock(&mutex_);
  LogIn(client);
  clients_.insert(client);
}

void PropertiesFile::Leave(rd_kafka_s* client) {
  absl::MutexLock lock(&mutex_);
  clients_.erase(client);
}

void PropertiesFile::LogIn(rd_kafka_s* client) const {
  const auto name = properties_.find(kUserName), password = properties_.find(kPassword);
  if (name == properties_.end() || password == properties_.end()) return;
  const absl::Status status = ToStatus(ErrorPtr(rd_kafka_sasl_set_credentials(
                                           client, name->second.c_str(), password->second.c_str())),
                                       "login");
  if (!status.ok()) {
    LogError("kafka.login_not_changed", {{"reason", std::string(status.message())}});
  }
}

}  // namespace baton::platform::kafka
