# The build's own vocabulary. A library sees the headers of the libraries it links and no others:
# each folder is reachable only through an include root of its own (build/include/<name>/<name> is a
# link to services/<name>), so an import against the architecture's direction does not compile.

set(BATON_WARNINGS -Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor
    -Woverloaded-virtual -Wno-missing-field-initializers)
# GCC 12 sees overlaps in std::string concatenation that are not there (its bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  list(APPEND BATON_WARNINGS -Wno-restrict)
endif()
# GCC 13 and later take an element of a returned Span for a reference to a temporary.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
  list(APPEND BATON_WARNINGS -Wno-dangling-reference)
endif()
set(BATON_HARDENING -fstack-protector-strong -fPIE)

# Tests are compiled fast rather than made fast; what they test is optimised as the preset says.
set(BATON_TEST_OPTIONS -O0 -U_FORTIFY_SOURCE)

set(BATON_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize= (asan and tsan presets set it)")
if(BATON_SANITIZE)
  add_compile_options(-fsanitize=${BATON_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${BATON_SANITIZE})
endif()
if(BATON_SANITIZE MATCHES thread)
  include_directories(BEFORE ${CMAKE_SOURCE_DIR}/tests/support/tsan)
endif()

# The fuzz preset: what libFuzzer drives counts the branches that an input takes.
option(BATON_FUZZ "Build the fuzz targets for libFuzzer (clang only)" OFF)
if(BATON_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Links in a fifth of the time of the linker that comes with the compiler.
find_program(BATON_MOLD mold)
if(BATON_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# GCC collects its garbage from 128 MB on, which takes an eighth of a compiler's time: 13.6 s of a
# processor in place of 15.8 for twelve files of tests, at 1.6 GB in place of 1.2. Where there is
# that much for each processor, it begins later.
cmake_host_system_information(RESULT BATON_MEMORY_MB QUERY TOTAL_PHYSICAL_MEMORY)
cmake_host_system_information(RESULT BATON_PROCESSORS QUERY NUMBER_OF_LOGICAL_CORES)
math(EXPR BATON_MEMORY_EACH_MB "${BATON_MEMORY_MB} / ${BATON_PROCESSORS}")
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND BATON_MEMORY_EACH_MB GREATER_EQUAL 3500)
  add_compile_options(--param=ggc-min-heapsize=1048576)
endif()

# No path of a checkout gets into an object, so that what one has compiled can serve another.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(BATON_CCACHE ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${BATON_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${BATON_CCACHE})
endif()

# Files of a library or test are compiled a dozen at a time: what they include is most of the work.
# So a name of theirs in an unnamed namespace is unique in its folder. Not in the dev preset, where
# a change of one file is to cost one file. (CMake's own unity sources name files by whole paths,
# which no compiler cache serves to a second checkout; these name them from their own place.)
option(BATON_UNITY "Compile the files of a library together" ON)
set(BATON_TOGETHER 12)
function(baton_unity target)
  get_target_property(sources ${target} SOURCES)
  set(own ${sources})
  list(FILTER own EXCLUDE REGEX "^/") # made by the build
  list(LENGTH own count)
  if(NOT BATON_UNITY OR count LESS 2)
    return()
  endif()
  list(FILTER sources INCLUDE REGEX "^/")
  set(first 0)
  while(first LESS count)
    list(SUBLIST own ${first} ${BATON_TOGETHER} batch)
    set(text "")
    foreach(source ${batch})
      file(RELATIVE_PATH path ${CMAKE_CURRENT_BINARY_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/${source})
      string(APPEND text "#include \"${path}\"\n")
    endforeach()
    set(together ${CMAKE_CURRENT_BINARY_DIR}/${target}_${first}.cc)
    file(CONFIGURE OUTPUT ${together} CONTENT "${text}")
    list(APPEND sources ${together})
    math(EXPR first "${first} + ${BATON_TOGETHER}")
  endwhile()
  set_target_properties(${target} PROPERTIES SOURCES "${sources}")
endfunction()

# baton_include_root(<target> <name> <folder>): makes <folder> visible as "<name>/..." to <target>.
function(baton_include_root target name folder)
  set(root ${CMAKE_BINARY_DIR}/include/${name})
  file(MAKE_DIRECTORY ${root})
  if(NOT EXISTS ${root}/${name})
    file(CREATE_LINK ${folder} ${root}/${name} SYMBOLIC)
  endif()
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "INTERFACE_LIBRARY")
    target_include_directories(${target} INTERFACE ${root})
  else()
    target_include_directories(${target} PUBLIC ${root})
  endif()
endfunction()

# Headers that nearly every file includes are compiled once for all: they cost a third of the time
# of a file of the product and most of that of a test. The dev preset does without, so that a file
# that forgets an include is found there.
option(BATON_PRECOMPILE "Compile common headers once" ON)

# baton_common_headers(<target> <name> OPTIONS ... DEPS ... HEADERS ...): <target> gets HEADERS
# precompiled, once for all targets that name the same <name>; OPTIONS are those of its sources.
function(baton_common_headers target name)
  cmake_parse_arguments(arg "" "" "OPTIONS;DEPS;HEADERS" ${ARGN})
  if(NOT BATON_PRECOMPILE)
    return()
  endif()
  if(NOT TARGET ${name})
    file(WRITE ${CMAKE_BINARY_DIR}/${name}.cc "")
    add_library(${name} STATIC ${CMAKE_BINARY_DIR}/${name}.cc)
    target_compile_options(${name} PRIVATE ${arg_OPTIONS})
    target_link_libraries(${name} PRIVATE ${arg_DEPS})
    target_precompile_headers(${name} PRIVATE ${arg_HEADERS})
  endif()
  target_precompile_headers(${target} REUSE_FROM ${name})
endfunction()

# baton_product_options(<target> [HEADERS ... HEADER_DEPS ...]): of code that is shipped. HEADERS
# are included by nearly every file of this target, come with HEADER_DEPS and take long to compile.
function(baton_product_options target)
  cmake_parse_arguments(arg "" "" "HEADERS;HEADER_DEPS" ${ARGN})
  baton_unity(${target})
  set(options ${BATON_WARNINGS} ${BATON_HARDENING})
  target_compile_options(${target} PRIVATE ${options})
  set(headers baton_product_headers)
  if(arg_HEADERS)
    set(headers ${target}_headers)
  endif()
  baton_common_headers(${target} ${headers} OPTIONS ${options}
    DEPS absl::statusor absl::strings absl::synchronization absl::time ${arg_HEADER_DEPS}
    HEADERS ${arg_HEADERS} <algorithm> <cstdint> <functional> <map> <memory> <optional> <set>
            <string> <string_view> <utility> <variant> <vector> <absl/status/statusor.h>
            <absl/strings/str_cat.h> <absl/strings/str_join.h> <absl/strings/str_split.h>
            <absl/synchronization/mutex.h> <absl/time/clock.h> <absl/time/time.h>
            <absl/types/span.h>)
endfunction()

# baton_library(<name> SOURCES ... [DEPS ...] [PRIVATE_DEPS ...] [HEADERS ... HEADER_DEPS ...])
# The library of folder services/<name>; its target is baton::<name>. HEADERS: see
# baton_product_options.
function(baton_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS;PRIVATE_DEPS;HEADERS;HEADER_DEPS" ${ARGN})
  add_library(baton_${name} STATIC ${arg_SOURCES})
  add_library(baton::${name} ALIAS baton_${name})
  baton_product_options(baton_${name} HEADERS ${arg_HEADERS} HEADER_DEPS ${arg_HEADER_DEPS})
  baton_include_root(baton_${name} ${name} ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(baton_${name} PUBLIC ${arg_DEPS} PRIVATE ${arg_PRIVATE_DEPS})
endfunction()

# baton_header_library(<name> [DEPS ...])
# A folder that holds headers only (a port); implementations in its sub-folders are libraries of
# their own that link it, and their headers are reached through its include root.
function(baton_header_library name)
  cmake_parse_arguments(arg "" "" "DEPS" ${ARGN})
  add_library(baton_${name} INTERFACE)
  add_library(baton::${name} ALIAS baton_${name})
  baton_include_root(baton_${name} ${name} ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(baton_${name} INTERFACE ${arg_DEPS})
endfunction()

# In front of the distribution's Abseil, which was built without the sanitizer.
function(baton_show_locks_to_tsan target)
  if(BATON_SANITIZE MATCHES thread)
    target_sources(${target} PRIVATE ${CMAKE_SOURCE_DIR}/tests/support/tsan/absl_mutex.cc)
    target_link_libraries(${target} PRIVATE absl::synchronization)
  endif()
endfunction()

# baton_executable(<name> SOURCES ... DEPS ...): a program in build/<preset>/bin.
function(baton_executable name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  baton_product_options(${name})
  target_link_libraries(${name} PRIVATE ${arg_DEPS})
  baton_show_locks_to_tsan(${name})
endfunction()

# baton_test_options(<target>): of code that only tests use.
function(baton_test_options target)
  baton_unity(${target})
  set(options ${BATON_WARNINGS} ${BATON_TEST_OPTIONS})
  target_compile_options(${target} PRIVATE ${options})
  target_link_libraries(${target} PRIVATE GTest::gtest GTest::gmock)
  baton_common_headers(${target} baton_test_headers OPTIONS ${options}
    DEPS GTest::gtest GTest::gmock absl::statusor absl::strings absl::time
    HEADERS <gmock/gmock.h> <gtest/gtest.h> <functional> <map> <memory> <string> <vector>
            <absl/status/statusor.h> <absl/strings/str_cat.h> <absl/time/time.h>)
endfunction()

# A test that starts no thread; support/one_thread.cc holds it to that.
function(baton_forbid_threads target)
  if(NOT BATON_SANITIZE) # which have threads of their own
    target_sources(${target} PRIVATE ${CMAKE_SOURCE_DIR}/tests/support/one_thread.cc)
  endif()
endfunction()

# baton_test(<name> LABEL <unit|contract|integration|fault> SOURCES ... DEPS ... [TIMEOUT <s>]
#            [RUNS_GRPC] [RUNS_KAFKA] [ONE_THREAD] [SLOW])
# A GoogleTest program. LABEL unit means: no I/O, no sleeping. The options say what a test is like,
# and so which sanitizers look at it:
#
#   option      the test                     asan  tsan  because
#   (none)                                   yes   yes
#   ONE_THREAD  starts no thread, see above  yes   no    what has one thread has no races
#   RUNS_GRPC   serves gRPC                  yes   no    the distribution's gRPC is built without
#                                                        it, so what its threads hand to each other
#                                                        looks like a race
#   RUNS_KAFKA  has a client of librdkafka   yes   no    it does not know thrd_create: what such
#                                                        threads call crashes in it
#   SLOW        takes minutes                no    no    it would take an hour
function(baton_test name)
  cmake_parse_arguments(arg "RUNS_GRPC;RUNS_KAFKA;ONE_THREAD;SLOW" "LABEL;TIMEOUT" "SOURCES;DEPS"
    ${ARGN})
  if((arg_RUNS_GRPC OR arg_RUNS_KAFKA OR arg_ONE_THREAD) AND BATON_SANITIZE MATCHES thread
     OR arg_SLOW AND BATON_SANITIZE)
    return()
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  if(BATON_SANITIZE)
    math(EXPR arg_TIMEOUT "${arg_TIMEOUT} * 5")
  endif()
  add_executable(${name} ${arg_SOURCES})
  baton_test_options(${name})
  target_link_libraries(${name} PRIVATE ${arg_DEPS} GTest::gtest_main)
  if(arg_ONE_THREAD)
    baton_forbid_threads(${name})
  endif()
  baton_show_locks_to_tsan(${name})
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT})
  if(arg_LABEL MATCHES "^(unit|contract)$")
    add_dependencies(sanitized_tests ${name})
  endif()
endfunction()

# What the sanitizer builds run (tests/run --all): everything that needs no Kafka.
add_custom_target(sanitized_tests)

# baton_proto_library(<name> [GRPC] PROTOS <relative paths> [DEPS ...])
# Code generated from proto/; generated headers are seen only by who links the library.
function(baton_proto_library name)
  cmake_parse_arguments(arg "GRPC" "" "PROTOS;DEPS" ${ARGN})
  set(out ${CMAKE_BINARY_DIR}/generated/${name})
  set(files)
  foreach(proto ${arg_PROTOS})
    string(REGEX REPLACE "\\.proto$" "" stem ${proto})
    set(made ${out}/${stem}.pb.cc ${out}/${stem}.pb.h)
    set(flags --cpp_out=${out})
    if(arg_GRPC)
      list(APPEND made ${out}/${stem}.grpc.pb.cc ${out}/${stem}.grpc.pb.h)
      list(APPEND flags --grpc_out=${out}
           --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin>)
    endif()
    file(MAKE_DIRECTORY ${out})
    add_custom_command(OUTPUT ${made}
      COMMAND protobuf::protoc -I ${CMAKE_SOURCE_DIR}/proto ${flags}
              ${CMAKE_SOURCE_DIR}/proto/${proto}
      DEPENDS ${CMAKE_SOURCE_DIR}/proto/${proto} VERBATIM)
    list(APPEND files ${made})
  endforeach()
  # The services are compiled in one go: what their files include is most of the work. (Messages
  # cannot be: their files use the same names.)
  set(services ${files})
  list(FILTER services INCLUDE REGEX "grpc\\.pb\\.cc$")
  if(services)
    list(REMOVE_ITEM files ${services})
    set(text "")
    foreach(service ${services})
      file(RELATIVE_PATH path ${out} ${service})
      string(APPEND text "#include \"${path}\"\n")
    endforeach()
    file(CONFIGURE OUTPUT ${out}/services.cc CONTENT "${text}")
    set_source_files_properties(${out}/services.cc PROPERTIES OBJECT_DEPENDS "${services}")
    list(APPEND files ${out}/services.cc)
  endif()
  add_library(baton_${name} STATIC ${files})
  add_library(baton::${name} ALIAS baton_${name})
  target_include_directories(baton_${name} SYSTEM PUBLIC ${out})
  target_link_libraries(baton_${name} PUBLIC protobuf::libprotobuf ${arg_DEPS})
  if(BATON_SANITIZE)  # generated code takes long to compile with it, and is not what is examined
    target_compile_options(baton_${name} PRIVATE -O0 -g0)
  endif()
  if(arg_GRPC)
    target_link_libraries(baton_${name} PUBLIC gRPC::grpc++)
  endif()
endfunction()
