# What `run` and `more` share.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target=${CARGO_TARGET_DIR:-$PWD/target}
times=()

# Runs a command, and notes how long it takes.
step() {
    printf '\n== %s\n' "$*"
    local begun=$SECONDS
    "$@"
    times+=("$(printf '%5d s  %s' $((SECONDS - begun)) "$*")")
}

# What each step took.
summary() {
    printf '\n== all is well, in %d s\n' "$SECONDS"
    printf '%s\n' "${times[@]}"
}

# The programs that the checks need: one that is published ready-made by its authors, and two that are built from
# source, once for each machine.
tools() {
    python3 -m venv --clear "$target/ci-tools"
    "$target/ci-tools/bin/pip" install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
        --requirement .ci/tools.txt
    PATH=$target/ci-tools/bin:$PATH
    cargo install --quiet --locked cargo-deny@0.20.2 cargo-hack@0.6.45
}
