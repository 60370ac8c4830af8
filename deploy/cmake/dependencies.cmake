# Every third-party library that Baton links, found once. All come from the distribution's packages;
# deploy/local/setup installs them. The one exception is hiredis on Debian 12 (hiredis.cmake).
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Boost REQUIRED) # Asio and Beast: headers only
find_package(absl CONFIG REQUIRED)
find_package(Protobuf REQUIRED)
# gRPC's own search for RE2 asks pkg-config about all of Abseil, which takes a minute on Debian 13.
if(NOT TARGET re2::re2)
  find_library(BATON_RE2 re2 REQUIRED)
  add_library(re2::re2 UNKNOWN IMPORTED)
  set_target_properties(re2::re2 PROPERTIES IMPORTED_LOCATION ${BATON_RE2})
  set(re2_FOUND TRUE)
endif()
find_package(gRPC CONFIG REQUIRED)
find_package(yaml-cpp CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(simdjson CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
pkg_check_modules(HTTPLIB REQUIRED IMPORTED_TARGET cpp-httplib)
pkg_check_modules(RDKAFKA REQUIRED IMPORTED_TARGET rdkafka>=2.0)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(LIBPSL REQUIRED IMPORTED_TARGET libpsl)
pkg_check_modules(LIBIDN2 REQUIRED IMPORTED_TARGET libidn2)
pkg_check_modules(LIBCURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(JEMALLOC REQUIRED IMPORTED_TARGET jemalloc)
# Of Debian 13; where it is missing there are no traces (services/platform/otlp).
find_package(opentelemetry-cpp CONFIG QUIET)
include(hiredis)        # baton::hiredis
