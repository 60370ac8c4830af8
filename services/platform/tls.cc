#include "platform/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/log.h"
#include "platform/steady_time.h"

namespace baton::platform {
namespace {

absl::Status BadTlsFile(absl::string_view what, const std::string& file) {
  const unsigned long code = ERR_get_error();  // NOLINT(runtime/int): OpenSSL's type
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return absl::InvalidArgumentError(absl::StrCat("TLS: cannot use the ", what, " ", file, ": ",
                                                 reason == nullptr ? "unknown reason" : reason));
}

absl::Status UseClientCa(const std::string& file, SSL_CTX* context) {
  STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(file.c_str());
  if (names == nullptr || SSL_CTX_load_verify_locations(context, file.c_str(), nullptr) != 1) {
    return BadTlsFile("clients' CA", file);
  }
  SSL_CTX_set_client_CA_list(context, names);  // takes them
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  return absl::OkStatus();
}

// The name's text; empty for one that is not plain.
std::string PlainText(const ASN1_IA5STRING* name) {
  const auto* bytes = reinterpret_cast<const char*>(ASN1_STRING_get0_data(name));
  std::string text(bytes, static_cast<size_t>(ASN1_STRING_length(name)));
  const bool plain =
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
  return plain ? text : "";
}

}  // namespace

absl::StatusOr<std::shared_ptr<SSL_CTX>> NewTlsContext(const TlsFiles& files) {
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // Each connection shows its certificate: none is let in by one that was good when it came first.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.cert_file.c_str()) != 1) {
    return BadTlsFile("certificate", files.cert_file);
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return BadTlsFile("key", files.key_file);
  }
  if (X509_cmp_current_time(X509_get0_notAfter(SSL_CTX_get0_certificate(context.get()))) <= 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("TLS: the certificate ", files.cert_file, " has expired"));
  }
  if (!files.client_ca_file.empty()) {
    absl::Status used = UseClientCa(files.client_ca_file, context.get());
    if (!used.ok()) return used;
  }
  return context;
}

RotatingTls::RotatingTls(std::vector<std::string> files, absl::Duration look_interval, Make make)
    : files_(std::move(files)),
      look_interval_(look_interval),
      make_(std::move(make)),
      text_(TextOfFiles()),
      looked_at_(SteadyNow()) {}

absl::StatusOr<std::unique_ptr<RotatingTls>> RotatingTls::Open(const TlsFiles& files) {
  return Open({files.cert_file, files.key_file, files.client_ca_file},
              absl::Seconds(kTlsLookSeconds), [files] { return NewTlsContext(files); });
}

absl::StatusOr<std::unique_ptr<RotatingTls>> RotatingTls::Open(std::vector<std::string> files,
                                                               absl::Duration look_interval,
                                                               Make make) {
  files.erase(std::remove(files.begin(), files.end(), ""), files.end());
  std::unique_ptr<RotatingTls> tls(
      new RotatingTls(std::move(files), look_interval, std::move(make)));
  auto context = tls->make_();
  if (!context.ok()) return context.status();
  absl::MutexLock lock(&tls->mutex_);
  tls->context_ = *std::move(context);
  return tls;
}

std::shared_ptr<SSL_CTX> RotatingTls::Current() {
  absl::MutexLock lock(&mutex_);
  const absl::Time now = SteadyNow();
  if (now - looked_at_ < look_interval_) return context_;
  looked_at_ = now;
  std::string text = TextOfFiles();
  if (text == text_) return context_;
  text_ = std::move(text);
  auto context = make_();
  if (context.ok()) {
    context_ = *std::move(context);
    LogInfo("tls.reloaded", {{"file", files_.front()}});
  } else {
    LogError("tls.files_broken", {{"error", std::string(context.status().message())}});
  }
  return context_;
}

std::string RotatingTls::TextOfFiles() const {
  std::string text;
  for (const std::string& path : files_) {
    std::ifstream file(path, std::ios::binary);
    text.append(std::istreambuf_iterator<char>(file), {});
    text.push_back('\0');
  }
  return text;
}

bool HasCertificate(const SSL& connection) {
  return SSL_get0_peer_certificate(&connection) != nullptr &&
         SSL_get_verify_result(&connection) == X509_V_OK;
}

std::vector<std::string> CertificateNames(const SSL& connection) {
  std::vector<std::string> names;
  if (!HasCertificate(connection)) return names;
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> found(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(SSL_get0_peer_certificate(&connection),
                                                   NID_subject_alt_name, nullptr, nullptr)),
      GENERAL_NAMES_free);
  for (int i = 0; i < sk_GENERAL_NAME_num(found.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(found.get(), i);
    const bool dns = name->type == GEN_DNS;
    if (!dns && name->type != GEN_URI) continue;
    std::string text = PlainText(dns ? name->d.dNSName : name->d.uniformResourceIdentifier);
    if (!text.empty()) names.push_back((dns ? "dns:" : "uri:") + text);
  }
  return names;
}

}  // namespace baton::platform
