# shellcheck shell=bash
# link_set.sh: sourced by deploy/docker/collect-root and deploy/docker/sbom.
#
#   link_set PROGRAM...   prints the libraries that they link and the loader, one path a line

link_set() {
  ldd "$@" | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\/.*ld-linux/ { print $1 }' |
    LC_ALL=C sort -u
}
