# shellcheck shell=bash
# packages.sh: the distribution packages that Baton needs, on Debian 12, Debian 13, Ubuntu 24.04.
#
#   install_packages GROUP...   installs what is missing of the groups, starts no service, and does
#                               nothing (no root needed) when all is there. Groups:
#                                 build   compile Baton
#                                 run     Redis, and Java with Maven for Kafka
#                                 test    what only the tests and checks use
#                                 bench   what only tests/bench/run uses
#                                 fuzz    what only tests/fuzz/run uses
#   missing_packages GROUP...   prints the missing ones, one a line.
#
# Any Java from 17 on that is already on the PATH is taken as it is.

_packages_build=(
  g++ mold cmake ninja-build pkg-config ccache git ca-certificates
  libgrpc++-dev protobuf-compiler-grpc libprotobuf-dev protobuf-compiler
  librdkafka-dev libabsl-dev libre2-dev libyaml-cpp-dev nlohmann-json3-dev libcli11-dev
  libspdlog-dev libsimdjson-dev prometheus-cpp-dev libcpp-httplib-dev libssl-dev libxxhash-dev
  libcurl4-openssl-dev libboost-dev
  libpsl-dev libidn2-dev tzdata zlib1g-dev libjemalloc-dev libgtest-dev libgmock-dev
  librapidcheck-dev
)
_packages_run=(redis-server maven tzdata)
_packages_test=(curl fish groff-base kcat lua-check python3-venv zsh)
_packages_java=()
_packages_bench=(libbenchmark-dev python3-venv)
_packages_fuzz=(clang llvm libclang-rt-dev)

# Prints "debian 12", "ubuntu 24.04" and so on.
_release() {
  # shellcheck source=/dev/null
  (. /etc/os-release && printf '%s %s\n' "${ID:-unknown}" "${VERSION_ID:-}")
}

# Prints the packages of group $1 on this release, one a line.
_packages_of() {
  local -n common=_packages_$1
  ((${#common[@]} == 0)) || printf '%s\n' "${common[@]}"
  case $1 in
    build)
      # Debian 12 has hiredis 0.14, without RESP3 and TLS; hiredis.cmake builds a newer one there,
      # from a source archive that it fetches with pip.
      if [[ $(_release) == 'debian 12' ]]; then
        printf '%s\n' python3-pip python3-setuptools
      else
        printf '%s\n' libhiredis-dev
      fi
      # For traces; Debian 12 and Ubuntu 24.04 do not have it.
      [[ $(_release) != 'debian 13' ]] || printf '%s\n' opentelemetry-cpp-dev ;;
    run)
      _java_suffices || printf '%s\n' default-jre-headless ;;
    test)
      # Ubuntu has Chromium as a snap only, which needs a running snapd.
      [[ $(_release) == ubuntu* ]] || printf '%s\n' chromium-headless-shell ;;
    bench | java)
      command -v javac >/dev/null || printf '%s\n' default-jdk-headless ;;
  esac
}

_java_suffices() {
  local major
  major=$(java -version 2>&1 | sed -nE '1s/.* version "([0-9]+).*/\1/p') || return 1
  [[ -n $major ]] && ((major >= 17))
}

missing_packages() {
  local group
  local -a wanted=() there=()
  for group in "$@"; do
    mapfile -t -O "${#wanted[@]}" wanted < <(_packages_of "$group")
  done
  mapfile -t there < <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" \
    2>/dev/null | sed -n 's/^installed //p')
  LC_ALL=C comm -23 <(printf '%s\n' "${wanted[@]}" | LC_ALL=C sort -u) \
    <(printf '%s\n' "${there[@]}" | LC_ALL=C sort -u)
}

install_packages() {
  local release
  local -a missing=() as_root=()
  release=$(_release)
  case $release in
    'debian 12' | 'debian 13' | 'ubuntu 24.04') ;;
    *) command -v dpkg-query >/dev/null || die "this is $release; Baton's scripts know Debian 12," \
      'Debian 13 and Ubuntu 24.04. Install the libraries named in deploy/local/lib/packages.sh.' ;;
  esac
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} > 0)) || return 0
  if ((EUID != 0)); then
    command -v sudo >/dev/null || die "packages are missing and this is neither root nor is" \
      "there sudo. As root, run: apt-get install ${missing[*]}"
    # Asks for the password now, if there has to be one, while a terminal can be read.
    sudo -n true 2>/dev/null || sudo -v ||
      die "sudo refused; as root, run: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  note "missing packages: ${missing[*]}"
  STEP_HINT='Check that a package registry is configured, then run again.' \
    step 'package lists' "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get update -q -o DPkg::Lock::Timeout=300 -o APT::Update::Error-Mode=any ||
    note 'going on with the package lists that are there'
  STEP_HINT='Mend what apt names, then run the same command again.' \
    step "packages (${#missing[@]})" "${as_root[@]}" env -u TESTS_RUN_MARK \
    bash -c "$_install_quietly" install "${missing[@]}" || return 1
  java -version >/dev/null 2>&1 && ! _java_suffices && [[ " $* " == *' run '* ]] &&
    die 'the java on the PATH is older than 17; put a newer one first on the PATH'
  return 0
}

# Runs as root, arguments are the packages. A policy-rc.d that says 101 is the distribution's way to
# install a server without starting it; a Redis that this installs is not started at boot either.
# What is cut short leaves packages half installed and this policy, so no signal does, and tests/run
# does not take it for a process left behind. After a SIGKILL or a power cut the next run mends it.
# shellcheck disable=SC2016 # expanded by the shell that runs it
_install_quietly='
  set -eu
  trap "" INT TERM HUP
  export DEBIAN_FRONTEND=noninteractive
  policy=/usr/sbin/policy-rc.d ours="# by Baton, for one installation"
  if [ ! -e "$policy" ] || grep -qxF "$ours" "$policy"; then
    trap "rm -f $policy" EXIT
    printf "#!/bin/sh\n%s\nexit 101\n" "$ours" >"$policy"
    chmod 755 "$policy"
  fi
  dpkg --configure -a || true  # if it cannot, apt says why
  apt-get install -qy --no-install-recommends \
    -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
  case " $* " in *" redis-server "*)
    if command -v systemctl >/dev/null; then
      systemctl --quiet disable redis-server || true
    fi ;;
  esac'
