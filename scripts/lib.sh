# Shared by the scripts: where tools live, which versions are pinned, and what is missing on this machine.
# shellcheck shell=bash
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"

# Tools are kept per user and not per checkout, so that a fresh clone finds them. Nothing of the site itself is cached there.
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/unrolled
TOOLS=$CACHE/tools
export PATH="$TOOLS/bin:$PATH"

# Pinned: the crate `wasm-bindgen` in Cargo.toml has exactly the version of its command line tool.
WASM_BINDGEN_VERSION=0.2.130
TRUNK_VERSION=0.21.14
WASM_SPLIT_VERSION=0.2.4
NEXTEST_VERSION=0.9.143
RUST_MINIMUM=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
NODE_MINIMUM=20

# Trunk takes tools from PATH only if they have the version it expects; it never downloads any here.
export TRUNK_TOOLS_WASM_BINDGEN=$WASM_BINDGEN_VERSION
export TRUNK_SKIP_VERSION_CHECK=true

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

# at_least 1.96.0 1.95: whether the first version is the second or newer.
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]; }

need_base() {
  local missing=() version
  has rustup && has cargo || missing+=("Rust with rustup: see the instructions of rustup, or 'apt-get install rustup && rustup default stable' where Debian has it")
  has node && has npm || missing+=("Node.js $NODE_MINIMUM or newer with npm: 'apt-get install nodejs npm'")
  has cc || missing+=("a C linker: 'apt-get install build-essential'")
  if [ ${#missing[@]} -gt 0 ]; then
    say "Missing, and not for a script to install:"
    printf '  - %s\n' "${missing[@]}" >&2
    exit 1
  fi
  version=$(node --version)
  at_least "${version#v}" "$NODE_MINIMUM" || die "Node.js $NODE_MINIMUM or newer is needed, this is $version"
  version=$(rustc --version | cut -d' ' -f2)
  at_least "$version" "$RUST_MINIMUM" || die "Rust $RUST_MINIMUM or newer is needed, this is $version: 'rustup update stable'"
}

need_wasm_target() {
  [ -d "$(rustc --print target-libdir --target wasm32-unknown-unknown)" ] && return
  say "Adding the wasm32-unknown-unknown target"
  rustup target add wasm32-unknown-unknown || die "cannot add the wasm target: run 'rustup target add wasm32-unknown-unknown' with a network"
}

need_component() {
  cargo "$1" --version >/dev/null 2>&1 && return
  rustup component add "$2" || die "cannot add $2: run 'rustup component add $2' with a network"
}

# cargo_tool NAME VERSION 'VERSION COMMAND' [cargo install option ...]: a wrong version is replaced.
cargo_tool() {
  local name=$1 version=$2 command=$3
  shift 3
  $command 2>/dev/null | head -n 1 | tr ' ' '\n' | grep -qxF "$version" && return
  say "Installing $name $version into $TOOLS (once per user; minutes)"
  # Compiled quickly rather than well: these tools run for seconds.
  CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_TARGET_DIR="$CACHE/build/$name" \
    env -u RUSTFLAGS cargo install "$name" --version "$version" --root "$TOOLS" --force "$@" \
    || die "cannot install $name: run 'cargo install $name --version $version --root $TOOLS $*' with a network"
  rm -rf "$CACHE/build/$name"
}

need_site_tools() {
  # Unlocked: its lock file may be newer than the crates index of a mirror.
  cargo_tool wasm-bindgen-cli "$WASM_BINDGEN_VERSION" 'wasm-bindgen --version'
  cargo_tool trunk "$TRUNK_VERSION" 'trunk --version' --locked
  # It cannot tell its own version.
  cargo_tool wasm_split_cli_support "$WASM_SPLIT_VERSION" "grep -oE wasm_split_cli_support.[0-9.]+ $TOOLS/.crates.toml" --locked --features build-binary
  need_npm
}

need_nextest() {
  cargo nextest --version >/dev/null 2>&1 && return
  cargo_tool cargo-nextest "$NEXTEST_VERSION" 'cargo-nextest nextest --version' --locked
}

# npm packages live in the cache under the hash of their lock file; the checkout only holds a link to them.
need_npm() {
  local key dir
  key=$(cat package.json package-lock.json | sha256sum | cut -c1-16)
  dir=$CACHE/npm/$key
  if [ ! -f "$dir/complete" ]; then
    say "Installing the npm packages of package-lock.json into $dir"
    rm -rf "$dir"
    mkdir -p "$dir"
    cp package.json package-lock.json "$dir"
    (cd "$dir" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) || die "cannot install the npm packages: 'npm ci' needs a network"
    touch "$dir/complete"
  fi
  [ -e node_modules ] && [ ! -L node_modules ] && rm -rf node_modules
  ln -sfn "$dir/node_modules" node_modules
  export PATH="$dir/node_modules/.bin:$PATH"
}

# Debian packages that only the tests need: a browser, software Vulkan for the native kernels, a Chinese font for the screenshots.
need_debian_packages() {
  local missing=() sudo=()
  has chromium || missing+=(chromium)
  compgen -G '/usr/share/vulkan/icd.d/*.json' >/dev/null || compgen -G '/etc/vulkan/icd.d/*.json' >/dev/null || missing+=(mesa-vulkan-drivers)
  ldconfig -p 2>/dev/null | grep -q 'libvulkan\.so\.1' || compgen -G '/usr/lib/*/libvulkan.so.1' >/dev/null || missing+=(libvulkan1)
  compgen -G '/usr/share/fonts/*/noto/NotoSansCJK*' >/dev/null || { has fc-list && [ -n "$(fc-list :lang=zh-cn)" ]; } || missing+=(fonts-noto-cjk)
  [ ${#missing[@]} -eq 0 ] && return
  say "Installing Debian packages: ${missing[*]}"
  [ "$(id -u)" -eq 0 ] || sudo=(sudo -n)
  if ! has apt-get || ! "${sudo[@]}" true 2>/dev/null; then
    die "missing packages that only root can install: 'sudo apt-get install ${missing[*]}'"
  fi
  "${sudo[@]}" apt-get update -qq || say "apt-get update failed; trying the lists that are here"
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2 \
    || die "cannot install: ${missing[*]}"
}

# optimize IN OUT: the features are named one by one, because with --all-features wasm-opt writes what Chromium does not read.
optimize() {
  local said
  said=$(wasm-opt -Oz --strip-producers --strip-target-features --enable-bulk-memory --enable-nontrapping-float-to-int --enable-simd --enable-reference-types --enable-multivalue \
    --enable-mutable-globals --enable-sign-ext "$1" -o "$2" 2>&1) || { say "$said"; die "wasm-opt failed on $1"; }
}
