# Provides baton::hiredis: hiredis >= 1.0 with TLS, included as <hiredis/hiredis.h>,
# <hiredis/async.h> and <hiredis/hiredis_ssl.h>.
#
# The distribution's library where it is new enough (Debian 13, Ubuntu 24.04). Debian 12 has 0.14,
# which knows neither RESP3 nor TLS; there hiredis 1.5.0 is built as a static library from the C
# sources that the PyPI package hiredis 3.5.0 carries, fetched with pip and checked by hash at
# configure time. Expects C among the project's languages, PkgConfig and OpenSSL to be found.
#
#   BATON_HIREDIS_ARCHIVE   a hiredis-3.5.0.tar.gz downloaded before, for a build without network

set(BATON_HIREDIS_ARCHIVE "" CACHE FILEPATH "hiredis-3.5.0.tar.gz, if already downloaded")

set(_hiredis_sdist hiredis==3.5.0)
set(_hiredis_file hiredis-3.5.0.tar.gz)
set(_hiredis_sha256 c227592cc56b7df247abe4755c26723965be68972be2149fa441ac33d82131ba)

# baton_hiredis_fetch(<folder>): puts the archive into <folder>, once.
function(baton_hiredis_fetch folder)
  set(archive ${folder}/${_hiredis_file})
  if(BATON_HIREDIS_ARCHIVE AND NOT EXISTS ${archive})
    file(COPY_FILE ${BATON_HIREDIS_ARCHIVE} ${archive})
  endif()
  if(NOT EXISTS ${archive})
    message(STATUS "hiredis: fetching ${_hiredis_sdist}")
    file(WRITE ${folder}/requirements.txt "${_hiredis_sdist} --hash=sha256:${_hiredis_sha256}\n")
    # The distribution's Python first: deploy/local/setup gave it pip and setuptools. Nothing is
    # built; pip only asks the archive, after checking its hash, for its name and version.
    set(complaints "")
    foreach(python /usr/bin/python3 python3)
      execute_process(
        COMMAND ${python} -m pip download --quiet --disable-pip-version-check --no-deps
          --no-binary :all: --no-build-isolation --require-hashes
          --dest ${folder} --requirement ${folder}/requirements.txt
        RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_VARIABLE said)
      if(EXISTS ${archive})
        break()
      endif()
      string(APPEND complaints "${python}: ${failed}\n${said}\n")
    endforeach()
    if(NOT EXISTS ${archive})
      message(FATAL_ERROR "hiredis >= 1.0 is not installed and pip could not fetch "
        "${_hiredis_sdist}. Run deploy/local/setup, check the network, or give the file with "
        "-DBATON_HIREDIS_ARCHIVE=<path>.\n${complaints}")
    endif()
  endif()
  file(SHA256 ${archive} found)
  if(NOT found STREQUAL _hiredis_sha256)
    file(REMOVE ${archive})
    message(FATAL_ERROR "hiredis: ${_hiredis_file} has SHA-256 ${found} instead of "
      "${_hiredis_sha256}; it was removed, configure again")
  endif()
endfunction()

# baton_hiredis_build(): the target baton_hiredis from the fetched sources.
function(baton_hiredis_build)
  set(folder ${CMAKE_BINARY_DIR}/hiredis)
  set(sources ${folder}/hiredis-3.5.0/vendor/hiredis)
  baton_hiredis_fetch(${folder})
  if(NOT EXISTS ${sources}/hiredis.c)
    file(ARCHIVE_EXTRACT INPUT ${folder}/${_hiredis_file} DESTINATION ${folder}
      PATTERNS hiredis-3.5.0/vendor/hiredis/*)
  endif()
  file(MAKE_DIRECTORY ${folder}/include)
  if(NOT EXISTS ${folder}/include/hiredis)
    file(CREATE_LINK ${sources} ${folder}/include/hiredis SYMBOLIC)
  endif()
  # Without dict.c, which async.c includes, and test.c, which is a program.
  set(files alloc async hiredis net read sds sockcompat ssl)
  list(TRANSFORM files PREPEND ${sources}/)
  list(TRANSFORM files APPEND .c)
  add_library(baton_hiredis STATIC ${files})
  set_target_properties(baton_hiredis PROPERTIES C_CLANG_TIDY "" C_EXTENSIONS ON
    POSITION_INDEPENDENT_CODE ON)
  target_compile_options(baton_hiredis PRIVATE -w)
  target_include_directories(baton_hiredis SYSTEM INTERFACE ${folder}/include)
  target_link_libraries(baton_hiredis PUBLIC OpenSSL::SSL OpenSSL::Crypto)
  add_library(baton::hiredis ALIAS baton_hiredis)
endfunction()

pkg_check_modules(HIREDIS QUIET IMPORTED_TARGET hiredis>=1.0 hiredis_ssl>=1.0)
if(HIREDIS_FOUND)
  # Not through the imported target's include path: the package's points into .../include/hiredis,
  # whose "async.h" or "net.h" could then shadow a header of ours.
  add_library(baton_hiredis INTERFACE)
  target_link_libraries(baton_hiredis INTERFACE ${HIREDIS_LINK_LIBRARIES} OpenSSL::SSL
    OpenSSL::Crypto)
  add_library(baton::hiredis ALIAS baton_hiredis)
  message(STATUS "hiredis: the distribution's ${HIREDIS_hiredis_VERSION}")
else()
  baton_hiredis_build()
  message(STATUS "hiredis: 1.5.0, built from source")
endif()
