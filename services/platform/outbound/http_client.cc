#include "platform/outbound/http_client.h"

#include <curl/curl.h>
#include <unistd.h>

#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"

namespace baton::platform {

struct HttpEasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct HttpListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// One request under way.
struct HttpTransfer {
  HttpRequest request;
  const HttpClientOptions* options = nullptr;
  bool tls = true;
  std::string refusal;  // of the address
  std::string body;
  bool too_long = false;  // a body that is to be kept
  size_t body_bytes = 0, header_bytes = 0;
  std::unique_ptr<curl_slist, HttpListDeleter> headers;
  std::unique_ptr<CURL, HttpEasyDeleter> easy;
};

namespace {

constexpr size_t kResponseBytesMax = 64 * 1024;
constexpr size_t kHeaderBytesMax = 64 * 1024;
constexpr long kConnectionsKept = 64;
constexpr absl::Duration kConnectBound = absl::Seconds(5);
constexpr int kPollMs = 1000;
constexpr long kCaKeptSeconds = 60;

void InitialiseCurlOnce() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

long Ms(absl::Duration duration) {
  return static_cast<long>(absl::ToInt64Milliseconds(duration));
}

curl_socket_t OpenSocket(void* context, curlsocktype purpose, curl_sockaddr* address) {
  auto& transfer = *static_cast<HttpTransfer*>(context);
  const auto& refuse = transfer.options->refuse;
  if (refuse != nullptr) transfer.refusal = refuse(address->addr, transfer.tls);
  if (purpose != CURLSOCKTYPE_IPCXN || !transfer.refusal.empty()) return CURL_SOCKET_BAD;
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

size_t TakeBody(char* data, size_t size, size_t count, void* context) {
  auto& transfer = *static_cast<HttpTransfer*>(context);
  const size_t kept_max = transfer.options->body_bytes_kept;
  transfer.body_bytes += size * count;
  if (kept_max == 0) return transfer.body_bytes > kResponseBytesMax ? 0 : size * count;
  transfer.too_long = transfer.body_bytes > kept_max;
  if (transfer.too_long) return 0;
  transfer.body.append(data, size * count);
  return size * count;
}

size_t TakeHeader(char* /*data*/, size_t size, size_t count, void* context) {
  auto& transfer = *static_cast<HttpTransfer*>(context);
  transfer.header_bytes += size * count;
  return transfer.header_bytes > kHeaderBytesMax ? 0 : size * count;
}

std::unique_ptr<HttpTransfer> MakeTransfer(HttpRequest request, const HttpClientOptions& options) {
  auto transfer = std::make_unique<HttpTransfer>();
  transfer->request = std::move(request);
  transfer->options = &options;
  transfer->tls = absl::StartsWithIgnoreCase(transfer->request.url, "https:");
  curl_slist* headers = nullptr;
  for (const std::string& header : transfer->request.headers) {
    headers = curl_slist_append(headers, header.c_str());
  }
  transfer->headers.reset(curl_slist_append(headers, "Expect:"));
  transfer->easy.reset(curl_easy_init());
  CURL* easy = transfer->easy.get();
  curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer.get());
  curl_easy_setopt(easy, CURLOPT_URL, transfer->request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "baton/" BATON_VERSION);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, Ms(options.timeout));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, Ms(std::min(options.timeout, kConnectBound)));
  // A name that nobody answers for holds up neither the thread nor its end: curl leaves the thread
  // that looks it up to itself, which frees what it has when the system gives up on the name.
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  if (!options.ca_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
    curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, kCaKeptSeconds);
  }
  if (!options.cert_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_SSLCERT, options.cert_file.c_str());
    curl_easy_setopt(easy, CURLOPT_SSLKEY, options.key_file.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &OpenSocket);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer.get());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &TakeBody);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer.get());
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &TakeHeader);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer.get());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers.get());
  if (const auto& body = transfer->request.body; body.has_value()) {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body->c_str());
  }
  return transfer;
}

std::string ProblemOf(const HttpTransfer& transfer, CURLcode code, long status) {
  if (transfer.too_long) {
    return absl::StrCat("the response has more than ", transfer.options->body_bytes_kept, " bytes");
  }
  // What a receiver says after its status does not change it, unless it is of interest.
  const bool cut_off = code == CURLE_WRITE_ERROR && status != 0;
  const bool answered = code == CURLE_OK || (cut_off && transfer.options->body_bytes_kept == 0);
  if (!answered && !transfer.refusal.empty()) return transfer.refusal;
  if (!answered) return curl_easy_strerror(code);
  if (status >= 200 && status < 300) return "";
  if (status >= 300 && status < 400) {
    return absl::StrCat("status ", status, ": redirects are not followed");
  }
  return absl::StrCat("status ", status);
}

HttpResult ResultOf(HttpTransfer& transfer, CURLcode code) {
  CURL* easy = transfer.easy.get();
  long status = 0;
  curl_off_t retry_after_s = 0, took_us = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after_s);
  curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &took_us);
  HttpResult result;
  result.number = transfer.request.number;
  result.problem = ProblemOf(transfer, code, status);
  result.status = static_cast<int>(status);
  if (result.delivered()) result.body = std::move(transfer.body);
  result.retry_after = absl::Seconds(retry_after_s);
  result.took = absl::Microseconds(took_us);
  return result;
}

}  // namespace

// The thread and what it shares with callers.
class HttpClient::Loop {
 public:
  explicit Loop(HttpClientOptions options) : options_(std::move(options)) {
    InitialiseCurlOnce();
    multi_ = curl_multi_init();
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kConnectionsKept);
    thread_ = std::thread([this] { Run(); });
  }
  ~Loop() {
    {
      absl::MutexLock lock(&mutex_);
      stopping_ = true;
    }
    curl_multi_wakeup(multi_);
    thread_.join();
    for (const auto& [easy, transfer] : transfers_) curl_multi_remove_handle(multi_, easy);
    transfers_.clear();
    curl_multi_cleanup(multi_);
  }

  void Send(HttpRequest request) {
    {
      absl::MutexLock lock(&mutex_);
      waiting_.push_back(std::move(request));
    }
    curl_multi_wakeup(multi_);
  }
  std::vector<HttpResult> TakeResults() {
    absl::MutexLock lock(&mutex_);
    return std::exchange(results_, {});
  }

 private:
  void Run() {
    while (Begin()) {
      int running = 0;
      curl_multi_perform(multi_, &running);
      int left = 0;
      while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg == CURLMSG_DONE) End(message->easy_handle, message->data.result);
      }
      curl_multi_poll(multi_, nullptr, 0, kPollMs, nullptr);
    }
  }

  // False: the end of all.
  bool Begin() {
    std::vector<HttpRequest> requests;
    {
      absl::MutexLock lock(&mutex_);
      if (stopping_) return false;
      requests.swap(waiting_);
    }
    for (HttpRequest& request : requests) {
      std::unique_ptr<HttpTransfer> transfer = MakeTransfer(std::move(request), options_);
      CURL* easy = transfer->easy.get();
      transfers_[easy] = std::move(transfer);
      curl_multi_add_handle(multi_, easy);
    }
    return true;
  }

  void End(CURL* easy, CURLcode code) {
    const auto transfer = transfers_.find(easy);
    HttpResult result = ResultOf(*transfer->second, code);
    curl_multi_remove_handle(multi_, easy);
    transfers_.erase(transfer);
    absl::MutexLock lock(&mutex_);
    results_.push_back(std::move(result));
  }

  const HttpClientOptions options_;
  CURLM* multi_ = nullptr;
  std::map<CURL*, std::unique_ptr<HttpTransfer>> transfers_;  // of the thread
  absl::Mutex mutex_;
  std::vector<HttpRequest> waiting_ ABSL_GUARDED_BY(mutex_);
  std::vector<HttpResult> results_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

HttpClient::HttpClient(HttpClientOptions options)
    : loop_(std::make_unique<Loop>(std::move(options))) {}
HttpClient::~HttpClient() = default;

void HttpClient::Send(HttpRequest request) {
  loop_->Send(std::move(request));
}

std::vector<HttpResult> HttpClient::TakeResults() {
  return loop_->TakeResults();
}

}  // namespace baton::platform
