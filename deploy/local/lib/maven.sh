# shellcheck shell=bash
# maven.sh: files that a pom.xml names, held to pinned hashes.
#
#   maven_intact PINS DIR   true if DIR holds just what PINS/jars.sha256 names; says what differs.
#   maven_fetch PINS DIR    lets Maven fetch what PINS/pom.xml names into DIR, and compares it. Of
#                           what is not as pinned, nothing is left.
#   maven_pin PINS          writes PINS/jars.sha256 anew from a fresh download (after a change of
#                           pom.xml; look at the difference before you commit it).

maven_intact() (
  cd "$2" 2>/dev/null || return 1
  sha256sum --quiet --strict -c "$1/jars.sha256" || return 1
  # No file beside those that were pinned.
  unknown=$(LC_ALL=C comm -23 <(printf '%s\n' * | LC_ALL=C sort) \
    <(awk '{print $2}' "$1/jars.sha256" | LC_ALL=C sort))
  [[ -z $unknown ]] && return 0
  echo "error: not in $1/jars.sha256: ${unknown//$'\n'/ }"
  return 1
)

maven_fetch() {
  rm -rf "$2"
  _maven_download "$1" "$2" || { rm -rf "$2"; return 1; }
  maven_intact "$1" "$2" && return 0
  echo "error: a downloaded file is not the one pinned in $1/jars.sha256"
  rm -rf "$2"
  return 1
}

maven_pin() {
  local fresh
  fresh=$(mktemp -d) || return 1
  _maven_download "$1" "$fresh" || { rm -rf "$fresh"; return 1; }
  (cd "$fresh" && LC_ALL=C sha256sum -- *) >"$1/jars.sha256"
  rm -rf "$fresh"
}

# Maven refuses an artifact whose repository checksum differs (-C).
_maven_download() {
  mvn -B -C -q -f "$1/pom.xml" \
    org.apache.maven.plugins:maven-dependency-plugin:copy-dependencies -DincludeScope=runtime \
    -DoutputDirectory="$2"
}
