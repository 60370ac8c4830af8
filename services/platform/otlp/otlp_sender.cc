#include "platform/otlp/otlp_sender.h"

#include <atomic>
#include <chrono>
#include <fstream>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "opentelemetry/exporters/otlp/otlp_http_exporter.h"
#include "opentelemetry/exporters/otlp/otlp_http_exporter_options.h"
#include "opentelemetry/sdk/common/global_log_handler.h"
#include "opentelemetry/sdk/instrumentationscope/instrumentation_scope.h"
#include "opentelemetry/sdk/resource/resource.h"
#include "opentelemetry/trace/span_context.h"
#include "platform/log.h"

namespace baton::platform::otlp {
namespace {

namespace otel = opentelemetry;
using otel::exporter::otlp::OtlpHeaders;
using otel::exporter::otlp::OtlpHttpExporter;
using otel::exporter::otlp::OtlpHttpExporterOptions;
using Scope = otel::sdk::instrumentationscope::InstrumentationScope;

uint8_t HexDigit(char digit) {
  return static_cast<uint8_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

// Of lower-case hexadecimal digits, twice as many as Id has bytes.
template <typename Id>
Id ToId(std::string_view digits) {
  uint8_t bytes[Id::kSize];
  for (size_t i = 0; i < Id::kSize; ++i) {
    bytes[i] = static_cast<uint8_t>(HexDigit(digits[2 * i]) << 4 | HexDigit(digits[2 * i + 1]));
  }
  return Id(otel::nostd::span<const uint8_t, Id::kSize>(bytes));
}

otel::trace::SpanKind ToOtel(SpanKind kind) {
  switch (kind) {
    case SpanKind::kInternal:
      return otel::trace::SpanKind::kInternal;
    case SpanKind::kServer:
      return otel::trace::SpanKind::kServer;
    case SpanKind::kClient:
      return otel::trace::SpanKind::kClient;
    case SpanKind::kProducer:
      return otel::trace::SpanKind::kProducer;
    case SpanKind::kConsumer:
      return otel::trace::SpanKind::kConsumer;
  }
  return otel::trace::SpanKind::kInternal;
}

absl::StatusOr<OtlpHeaders> ReadHeaders(const std::string& path) {
  OtlpHeaders headers;
  if (path.empty()) return headers;
  std::ifstream file(path);
  if (!file) {
    return absl::InvalidArgumentError(
        absl::StrCat("--otel-headers-file ", path, " cannot be read"));
  }
  std::string text;
  while (std::getline(file, text)) {
    const absl::string_view line = absl::StripAsciiWhitespace(text);
    if (line.empty()) continue;
    const size_t colon = line.find(':');
    if (colon == absl::string_view::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("--otel-headers-file ", path, ": each line is NAME: VALUE"));
    }
    headers.emplace(std::string(absl::StripAsciiWhitespace(line.substr(0, colon))),
                    std::string(absl::StripAsciiWhitespace(line.substr(colon + 1))));
  }
  return headers;
}

// The URL to which spans are posted.
absl::StatusOr<std::string> UrlOf(const std::string& endpoint) {
  for (const absl::string_view scheme : {"http://", "https://"}) {
    if (!absl::StartsWith(endpoint, scheme)) continue;
    const bool has_path = endpoint.find('/', scheme.size()) != std::string::npos;
    if (endpoint.size() > scheme.size()) {
      return has_path ? endpoint : absl::StrCat(endpoint, "/v1/traces");
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--otel-endpoint ", endpoint, " is not http://HOST:PORT or https://HOST:PORT"));
}

// The exporter answers every export with success and only logs what went wrong; nor would its lines
// be events of our log. So they are counted and not written.
class CountedErrors final : public otel::sdk::common::internal_log::LogHandler {
 public:
  void Handle(otel::sdk::common::internal_log::LogLevel level, const char*, int, const char*,
              const otel::sdk::common::AttributeMap&) noexcept override {
    if (level == otel::sdk::common::internal_log::LogLevel::Error) ++count_;
  }
  int64_t count() const { return count_; }

 private:
  std::atomic<int64_t> count_ = 0;
};

CountedErrors& Errors() {
  static CountedErrors& errors = *[] {
    auto* made = new CountedErrors();
    otel::sdk::common::internal_log::GlobalLogHandler::SetLogHandler(
        otel::nostd::shared_ptr<otel::sdk::common::internal_log::LogHandler>(made));
    return made;
  }();
  return errors;
}

class OtlpSender {
 public:
  OtlpSender(OtlpHttpExporterOptions exporter, const OtlpOptions& options)
      : exporter_options_(std::move(exporter)),
        headers_file_(options.headers_file),
        exporter_(std::make_unique<OtlpHttpExporter>(exporter_options_)),
        resource_(otel::sdk::resource::Resource::Create(
            {{"service.name", options.service_name}, {"baton.role", options.role}})),
        scope_(Scope::Create("baton")) {}

  absl::Status Send(const std::vector<Span>& spans) {
    TakeHeaders();
    std::vector<std::unique_ptr<otel::sdk::trace::Recordable>> recorded;
    recorded.reserve(spans.size());
    for (const Span& span : spans) recorded.push_back(Record(span));
    const int64_t errors = Errors().count();
    const auto result = exporter_->Export({recorded.data(), recorded.size()});
    const bool failed = result != otel::sdk::common::ExportResult::kSuccess;
    if (!failed && Errors().count() == errors) return absl::OkStatus();
    return absl::UnavailableError(
        "the collector did not take spans (otel.endpoint); further ones are tried");
  }

 private:
  // Those of the file, if they have changed; the old ones go on while it cannot be read.
  void TakeHeaders() {
    auto headers = ReadHeaders(headers_file_);
    const std::string problem(headers.status().message());
    if (!headers.ok() && problem != problem_) {
      LogError("traces.headers_broken", {{"reason", problem}});
    } else if (headers.ok() && *headers != exporter_options_.http_headers) {
      exporter_options_.http_headers = *std::move(headers);
      exporter_ = std::make_unique<OtlpHttpExporter>(exporter_options_);
      LogInfo("traces.headers_reloaded");
    }
    problem_ = problem;
  }

  std::unique_ptr<otel::sdk::trace::Recordable> Record(const Span& span) {
    auto recorded = exporter_->MakeRecordable();
    const otel::trace::TraceFlags flags(otel::trace::TraceFlags::kIsSampled);
    const otel::trace::SpanContext context(ToId<otel::trace::TraceId>(span.context.trace_id),
                                           ToId<otel::trace::SpanId>(span.context.span_id), flags,
                                           /*is_remote=*/false);
    recorded->SetIdentity(context, span.parent_span_id.empty()
                                       ? otel::trace::SpanId()
                                       : ToId<otel::trace::SpanId>(span.parent_span_id));
    recorded->SetName(span.name);
    recorded->SetSpanKind(ToOtel(span.kind));
    recorded->SetStartTime(otel::common::SystemTimestamp(
        std::chrono::system_clock::time_point(absl::ToChronoTime(span.begin))));
    recorded->SetDuration(absl::ToChronoNanoseconds(span.end - span.begin));
    for (const auto& [name, value] : span.attributes) recorded->SetAttribute(name, value.c_str());
    if (span.failed) recorded->SetStatus(otel::trace::StatusCode::kError, "");
    recorded->SetResource(resource_);
    recorded->SetInstrumentationScope(*scope_);
    return recorded;
  }

  OtlpHttpExporterOptions exporter_options_;
  const std::string headers_file_;
  std::string problem_;  // of the latest look at it; empty: none
  std::unique_ptr<OtlpHttpExporter> exporter_;
  const otel::sdk::resource::Resource resource_;
  const std::unique_ptr<Scope> scope_;
};

}  // namespace

absl::StatusOr<SendSpans> NewOtlpSender(const OtlpOptions& options) {
  (void)Errors();  // from before the first export on
  OtlpHttpExporterOptions exporter;
  auto url = UrlOf(options.endpoint);
  if (!url.ok()) return url.status();
  exporter.url = *std::move(url);
  exporter.content_type = otel::exporter::otlp::HttpRequestContentType::kBinary;
  exporter.timeout = absl::ToChronoMicroseconds(options.timeout);
  exporter.ssl_ca_cert_path = options.ca_file;
  auto headers = ReadHeaders(options.headers_file);
  if (!headers.ok()) return headers.status();
  exporter.http_headers = *std::move(headers);  // and none of the environment
  auto sender = std::make_shared<OtlpSender>(std::move(exporter), options);
  return [sender](const std::vector<Span>& spans) { return sender->Send(spans); };
}

}  // namespace baton::platform::otlp
