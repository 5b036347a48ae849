#!/bin/sh
# Installs the go2perfetto program for this machine, after a check of its SHA-256.
#
#   GO2PERFETTO_VERSION   a release such as v0.1.0; without it, the latest
#   GO2PERFETTO_DIR       the folder for the program; without it, ~/.local/bin
#   GO2PERFETTO_RELEASES  the address of the releases, for a mirror
set -eu

releases=${GO2PERFETTO_RELEASES:-https://github.com/your-organization/go2perfetto/releases}
folder=${GO2PERFETTO_DIR:-$HOME/.local/bin}

fail() {
  echo "install.sh: $1" >&2
  exit 1
}

# Prints the name of the program for this machine.
program_name() {
  case "$(uname -s)" in
    Linux) system=linux ;;
    Darwin) system=darwin ;;
    *) fail "there is no program for $(uname -s). With Node.js, use: npx go2perfetto" ;;
  esac
  case "$(uname -m)" in
    x86_64 | amd64) machine=x64 ;;
    aarch64 | arm64) machine=arm64 ;;
    *) fail "there is no program for $(uname -m). With Node.js, use: npx go2perfetto" ;;
  esac
  echo "go2perfetto-$system-$machine"
}

# Fetches the file $1 of the release into the folder $2. A redirect never leaves HTTPS.
fetch() {
  if command -v curl >/dev/null; then
    case $releases in
      https:*) protocol='=https' ;;
      *) protocol='=http,https' ;;
    esac
    curl --proto "$protocol" --fail --silent --show-error --location --output "$2/$1" "$address/$1"
  elif command -v wget >/dev/null; then
    wget --quiet --output-document "$2/$1" "$address/$1"
  else
    fail "neither curl nor wget is installed"
  fi || fail "cannot fetch $address/$1"
}

# Checks the file $1 in the folder $2 against SHA256SUMS there.
verify() {
  expected=$(awk -v name="$1" '$2 == name { print $1 }' "$2/SHA256SUMS")
  [ -n "$expected" ] || fail "SHA256SUMS does not name $1"
  if command -v sha256sum >/dev/null; then
    actual=$(sha256sum "$2/$1")
  else
    actual=$(shasum -a 256 "$2/$1")
  fi
  [ "${actual%% *}" = "$expected" ] || fail "$1 has SHA-256 ${actual%% *}, expected $expected. Nothing was installed."
}

# Only a script that arrived whole comes to its last line, which calls this.
main() {
  if [ -n "${GO2PERFETTO_VERSION:-}" ]; then
    address=$releases/download/$GO2PERFETTO_VERSION
  else
    address=$releases/latest/download
  fi
  name=$(program_name)
  work=$(mktemp -d)
  staged=$folder/.go2perfetto.$$
  trap 'rm -rf "$work" "$staged"' EXIT
  trap 'exit 1' HUP INT TERM
  fetch SHA256SUMS "$work"
  fetch "$name.gz" "$work"
  verify "$name.gz" "$work"
  gunzip "$work/$name.gz"
  mkdir -p "$folder"
  mv "$work/$name" "$staged"
  chmod 755 "$staged"
  version=$("$staged" --version) || fail "$name does not run here: on Linux it needs glibc. Nothing was installed. With Node.js, use: npx go2perfetto"
  # A running program cannot be written to, but replaced, at once within a folder.
  mv -f "$staged" "$folder/go2perfetto"
  echo "$folder/go2perfetto: $version"
  case ":$PATH:" in
    *":$folder:"*) ;;
    *) echo "$folder is not in PATH. Add it, or call the program by its path." ;;
  esac
}

main
