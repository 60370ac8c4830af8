// Properties of librdkafka in a file that operators may change, which is where secrets belong.
#ifndef BATON_PLATFORM_KAFKA_PROPERTIES_FILE_H_
#define BATON_PLATFORM_KAFKA_PROPERTIES_FILE_H_

#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

struct rd_kafka_s;

namespace baton::platform::kafka {

// What it says wins over what is given. Thread-safe. Errors name the file, the line and the
// property, never a value.
class PropertiesFile {
 public:
  using Properties = std::map<std::string, std::string>;

  // `path`: lines NAME=VALUE, empty ones and those that begin with # left out; or a folder in which
  // each file has the name of a property and holds its value, as Kubernetes mounts a secret.
  // NOT_FOUND when it cannot be read; INVALID_ARGUMENT for what is no property, or one that Baton
  // sets itself.
  static absl::StatusOr<std::shared_ptr<PropertiesFile>> Open(std::string path, Properties given);

  Properties properties() const;

  // Reads again; true when it changed. Clients made from now on are made with what it says. Those
  // that there are log in with its user name and password the next time that a broker asks; of
  // other changes the log says that they need a restart. An error changes nothing.
  absl::StatusOr<bool> Look();

  // Internal to this folder: `client` gets the login from now on, until it leaves.
  void Join(rd_kafka_s* client);
  void Leave(rd_kafka_s* client);

 private:
  PropertiesFile(std::string path, Properties given);

  absl::StatusOr<Properties> Read() const;
  void LogIn(rd_kafka_s* client) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string path_;
  const Properties given_;
  mutable absl::Mutex mutex_;
  Properties properties_ ABSL_GUARDED_BY(mutex_);  // both together
  std::set<rd_kafka_s*> clients_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace baton::platform::kafka

#endif  // BATON_PLATFORM_KAFKA_PROPERTIES_FILE_H_
