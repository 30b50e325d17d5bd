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

# The programs of tools.txt, for this run alone.
tools() {
    python3 -m venv --clear "$target/ci-tools"
    "$target/ci-tools/bin/pip" install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
        --requirement .ci/tools.txt
    PATH=$target/ci-tools/bin:$PATH
}
